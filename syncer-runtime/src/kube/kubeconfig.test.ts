import { stringify } from 'yaml';
import { kubeconfigContext, KubeconfigError } from './kubeconfig.js';

const secret = 'c2VjcmV0LWNhbmFyeQ';
const config = {
  'current-context': 'a',
  contexts: [
    { name: 'a', context: { cluster: 'ca', user: 'ua' } },
    { name: 'b', context: { cluster: 'cb' } },
    { name: 'lost-cluster', context: { cluster: 'none', user: 'ua' } },
    { name: 'lost-user', context: { cluster: 'ca', user: 'none' } },
  ],
  clusters: [
    { name: 'ca', cluster: { server: 'https://a' } },
    { name: 'cb', cluster: { server: 'https://b' } },
  ],
  users: [{ name: 'ua', user: { token: secret } }],
};

test('the current context is found, and another when it is named', () => {
  expect(kubeconfigContext(stringify(config))).toEqual({
    name: 'a',
    cluster: { server: 'https://a' },
    user: { token: secret },
  });
  expect(kubeconfigContext(stringify(config), 'b')).toEqual({ name: 'b', cluster: { server: 'https://b' }, user: {} });
});

test.each([
  ['not YAML', `a: [${secret}`, undefined, 'the kubeconfig is not valid YAML'],
  ['a YAML text', secret, undefined, 'the kubeconfig is empty or not a YAML mapping'],
  ['empty', '', undefined, 'the kubeconfig is empty or not a YAML mapping'],
  [
    'without current context',
    stringify({ ...config, 'current-context': undefined }),
    undefined,
    'the kubeconfig has no current-context',
  ],
  ['without the named context', stringify(config), 'x', 'the kubeconfig has no context "x"'],
  [
    'without the cluster',
    stringify(config),
    'lost-cluster',
    'context "lost-cluster" of the kubeconfig names a cluster that is not in it',
  ],
  [
    'without the user',
    stringify(config),
    'lost-user',
    'context "lost-user" of the kubeconfig names a user that is not in it',
  ],
])('a kubeconfig that is %s is refused in one sentence that quotes nothing of it', (_, text, context, message) => {
  expect(() => kubeconfigContext(text, context)).toThrow(new KubeconfigError(message));
});
