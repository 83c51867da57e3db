import type { ApiRequest, KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { fakeClient, refuse, reply } from '../fake-client.fixture.js';
import { readKubeconfigSecret } from './kubeconfig-secret.js';

const ref = { namespace: 'tenants', name: 'team-a-kcp', key: 'kubeconfig' };
const signal = new AbortController().signal;
const good = JSON.stringify({
  'current-context': 'a',
  contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
  clusters: [{ name: 'a', cluster: { server: 'https://kcp.example.com' } }],
  users: [{ name: 'a', user: { token: 'canary' } }],
});

function holding(data: Record<string, string>): KubeClient {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return fakeClient(() => reply({ data: Object.fromEntries(encoded) as object }));
}

function refusing(refusal: Parameters<typeof refuse>[1]): KubeClient {
  return fakeClient((request) => refuse(request, refusal));
}

test('the kubeconfig of the key is given, and the Secret is asked for by name', async () => {
  const asked: ApiRequest[] = [];
  const client = fakeClient((request) => {
    asked.push(request);
    return reply({ data: { kubeconfig: Buffer.from(good).toString('base64') } });
  });
  expect(await readKubeconfigSecret(client, ref, signal)).toContain('https://kcp.example.com');
  expect(asked[0]?.path).toBe('/api/v1/namespaces/tenants/secrets/team-a-kcp');
});

test.each<[string, KubeClient, { reason: string; words: string }]>([
  [
    'another key',
    holding({ config: good }),
    { reason: 'KubeconfigMissing', words: 'Secret tenants/team-a-kcp has no key kubeconfig; it has config' },
  ],
  ['no key at all', holding({}), { reason: 'KubeconfigMissing', words: 'it has none' }],
  [
    'nonsense',
    holding({ kubeconfig: 'canary' }),
    { reason: 'KubeconfigRefused', words: 'Secret tenants/team-a-kcp, key kubeconfig: ' },
  ],
  [
    'no Secret',
    refusing({ status: 404, reason: 'NotFound', details: { name: 'team-a-kcp', kind: 'secrets' } }),
    { reason: 'KubeconfigMissing', words: 'there is no Secret tenants/team-a-kcp' },
  ],
  [
    'no right to read it',
    refusing({ status: 403, reason: 'Forbidden' }),
    { reason: 'KubeconfigMissing', words: 'the operator may not read Secret' },
  ],
])('%s is told in a sentence that quotes nothing', async (_, client, { reason, words }) => {
  const reading = readKubeconfigSecret(client, ref, signal);
  await expect(reading).rejects.toMatchObject({ name: 'CredentialError', reason });
  await expect(reading).rejects.toThrow(words);
  await expect(reading).rejects.not.toThrow('canary');
});

test('a server that fails is no fault of the Secret', async () => {
  const reading = readKubeconfigSecret(refusing({ status: 500, reason: 'InternalError' }), ref, signal);
  await expect(reading).rejects.toMatchObject({ name: 'ApiError', status: 500 });
});

test('what every object has is no key of a Secret', async () => {
  const reading = readKubeconfigSecret(holding({}), { ...ref, key: 'constructor' }, signal);
  await expect(reading).rejects.toThrow('has no key constructor');
});
