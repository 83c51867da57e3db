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
  { is: 'not YAML', text: `a: [${secret}`, message: 'the kubeconfig is not valid YAML' },
  { is: 'a YAML text', text: secret, message: 'the kubeconfig is empty or not a YAML mapping' },
  { is: 'empty', text: '', message: 'the kubeconfig is empty or not a YAML mapping' },
  {
    is: 'without current context',
    text: stringify({ ...config, 'current-context': undefined }),
    message: 'the kubeconfig has no current-context',
  },
])('a kubeconfig that is $is is refused in one sentence that quotes nothing of it', ({ text, message }) => {
  expect(() => kubeconfigContext(text)).toThrow(new KubeconfigError(message));
});

test.each([
  ['x', 'the kubeconfig has no context "x"'],
  ['lost-cluster', 'context "lost-cluster" of the kubeconfig names a cluster that is not in it'],
  ['lost-user', 'context "lost-user" of the kubeconfig names a user that is not in it'],
])('the context %s is refused in one sentence', (context, message) => {
  expect(() => kubeconfigContext(stringify(config), context)).toThrow(new KubeconfigError(message));
});
