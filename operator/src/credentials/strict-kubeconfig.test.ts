import { CredentialError } from './credential-error.js';
import { strictKubeconfig } from './strict-kubeconfig.js';

const good = { server: 'https://kcp.example.com:6443', 'certificate-authority-data': 'Q0E=' };

function kubeconfig(user: object = { token: 'canary-token' }, cluster: object = good): string {
  return JSON.stringify({
    'current-context': 'a',
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a', namespace: 'x' } }],
    clusters: [{ name: 'a', cluster }],
    users: [
      { name: 'a', user },
      { name: 'other', user: { exec: { command: 'canary' } } },
    ],
  });
}

function refusalOf(text: string): CredentialError {
  try {
    strictKubeconfig(text);
  } catch (error) {
    if (error instanceof CredentialError) return error;
    throw error;
  }
  throw new Error('it was taken');
}

test('a token with a server and its authority is taken, and nothing else is kept', () => {
  expect(JSON.parse(strictKubeconfig(kubeconfig()))).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'context', cluster: good }],
    users: [{ name: 'context', user: { token: 'canary-token' } }],
    contexts: [{ name: 'context', context: { cluster: 'context', user: 'context' } }],
    'current-context': 'context',
  });
});

test('a client certificate with its key is taken', () => {
  const user = { 'client-certificate-data': 'Yw==', 'client-key-data': 'aw==' };
  expect(strictKubeconfig(kubeconfig(user))).toContain('"client-key-data":"aw=="');
});

test('what is there and says nothing does no harm', () => {
  expect(() =>
    strictKubeconfig(kubeconfig({ token: 'a', exec: null }, { ...good, 'insecure-skip-tls-verify': false })),
  ).not.toThrow();
});

test.each<[string, object]>([
  ['exec', { exec: { command: 'sh', args: ['-c', 'canary'] } }],
  ['auth-provider', { 'auth-provider': { name: 'gcp', config: { 'cmd-path': 'canary' } } }],
  ['tokenFile', { tokenFile: '/var/run/secrets/canary' }],
  ['token-file', { 'token-file': '/var/run/secrets/canary' }],
  ['client-certificate', { 'client-certificate': '/canary' }],
  ['client-key', { 'client-key': '/canary' }],
  ['as', { token: 'a', as: 'system:admin' }],
  ['as-uid', { token: 'a', 'as-uid': 'canary' }],
  ['as-groups', { token: 'a', 'as-groups': ['system:masters'] }],
  ['as-user-extra', { token: 'a', 'as-user-extra': { canary: ['b'] } }],
  ['impersonate-user', { token: 'a', 'impersonate-user': 'canary' }],
  ['impersonateUser', { token: 'a', impersonateUser: 'canary' }],
  ['username', { username: 'canary' }],
  ['password', { password: 'canary' }],
  ['authProvider', { authProvider: { name: 'canary' } }],
  ['certFile', { certFile: '/canary' }],
])('a user with %s is refused by that name, and nothing of it is quoted', (field, user) => {
  const { reason, message } = refusalOf(kubeconfig(user));
  expect(reason).toBe('KubeconfigRefused');
  expect(message).toContain(`says "${field}" of its user`);
  expect(message).not.toContain('canary');
});

test.each<[string, object]>([
  ['insecure-skip-tls-verify', { ...good, 'insecure-skip-tls-verify': true }],
  ['insecure-skip-tls-verify', { ...good, 'insecure-skip-tls-verify': 'true' }],
  ['skipTLSVerify', { ...good, skipTLSVerify: true }],
  ['proxy-url', { ...good, 'proxy-url': 'http://canary' }],
  ['proxyUrl', { ...good, proxyUrl: 'http://canary' }],
  ['certificate-authority', { ...good, 'certificate-authority': '/canary' }],
  ['caFile', { ...good, caFile: '/canary' }],
])('a cluster with %s is refused by that name', (field, cluster) => {
  const { message } = refusalOf(kubeconfig({ token: 'a' }, cluster));
  expect(message).toContain(`says "${field}" of its cluster`);
  expect(message).not.toContain('canary');
});

test.each(['http://kcp', 'kcp.example.com', 'file:///etc/passwd', '', undefined])(
  'the server %j is refused',
  (server) => {
    expect(refusalOf(kubeconfig({ token: 'a' }, { ...good, server })).message).toContain('https://');
  },
);

test.each<[string, object]>([
  ['token', { token: { canary: 1 } }],
  ['client-key-data', { 'client-key-data': ['canary'] }],
])('a %s that is no text is refused', (field, user) => {
  expect(refusalOf(kubeconfig(user)).message).toContain(`a ${field} that is no text`);
});

test.each(['', '{', '[]', 'canary', '{"current-context":"a"}', 'a: &a [*a]', '\u0000'])(
  '%j is refused without being quoted',
  (text) => {
    expect(refusalOf(text).message).not.toContain('canary');
  },
);

test('text without end is refused before it is read', () => {
  expect(refusalOf(' '.repeat(300_000)).message).toContain('longer than 256 KiB');
});

test('aliases that would grow without end are refused', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'b c d e f g h i j'
      .split(' ')
      .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join(',')}]`),
  ];
  expect(refusalOf(bomb.join('\n')).reason).toBe('KubeconfigRefused');
});
