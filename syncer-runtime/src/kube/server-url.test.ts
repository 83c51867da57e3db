import { clusterPath, kcpServer, underCluster } from './server-url.js';

test.each([
  ['https://kcp:6443/clusters/root', 'https://kcp:6443/clusters/root:team-a'],
  ['https://kcp:6443/clusters/root:other/', 'https://kcp:6443/clusters/root:team-a'],
  ['https://kcp:6443', 'https://kcp:6443/clusters/root:team-a'],
  ['https://front/proxy/', 'https://front/proxy/clusters/root:team-a'],
  [
    'https://kcp/services/apiexport/abc/kubernetes/clusters/*',
    'https://kcp/services/apiexport/abc/kubernetes/clusters/root:team-a',
  ],
  ['https://kcp/clusters/root/not-the-end', 'https://kcp/clusters/root/not-the-end/clusters/root:team-a'],
])('only a trailing /clusters/… of %s is replaced', (server, expected) => {
  expect(kcpServer(server, 'root:team-a')).toBe(expected);
});

test('a workspace cannot lead to another path', () => {
  expect(clusterPath('root:a/../b?c')).toBe('/clusters/root:a%2F..%2Fb%3Fc');
});

test('without a cluster path the server itself is left', () => {
  expect(underCluster('https://kcp:6443/clusters/root', '')).toBe('https://kcp:6443');
});
