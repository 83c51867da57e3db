import { FakeClock } from '@kcp-syncer/syncer-runtime/base/clock.fixture.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { fakeClient, quietLogger, reply } from '../fake-client.fixture.js';
import { TokenRotation } from './token-rotation.js';

const { signal } = new AbortController();
let asked: string[];
let told: string[];
let labels: object;

beforeEach(() => {
  asked = [];
  told = [];
  labels = {};
});

/** A look at a token that was issued and expires so many seconds from now. */
async function look(iatS: number, expS: number, { clock, by } = rotation()): Promise<void> {
  const nowS = clock.now() / 1000;
  const claims = { sub: 'system:serviceaccount:a:b', iat: nowS + iatS, exp: nowS + expS };
  const token = `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
  const kubeconfig = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:9' } }],
    users: [{ name: 'u', user: { token } }],
  });
  const secret = { namespace: 'n', name: 's', key: 'kubeconfig' };
  const logger = quietLogger(told);
  await by.look({ secret, kubeconfig, workspace: 'root:a', syncTarget: 't', logger }, signal);
}

function rotation(): { clock: FakeClock; by: TokenRotation } {
  const clock = new FakeClock();
  const client = fakeClient(({ method, path }) => {
    asked.push(`${method} ${path}`);
    return reply({ metadata: { name: 's', labels }, data: {} });
  });
  return { clock, by: new TokenRotation({ client, clock, gates: new Gates(), mayWrite: () => true }) };
}

test.each([
  [-400, 200, 0],
  [-479, 121, 0],
  [-480, 120, 1],
  [-700, -100, 1],
])('a token of %i s age that lives for %i more is looked after %i times', async (iat, exp, times) => {
  await look(iat, exp);
  expect(asked).toHaveLength(times);
});

test('a Secret that connect did not make is read and never written', async () => {
  await look(-590, 10);
  expect(asked).toEqual(['GET /api/v1/namespaces/n/secrets/s']);
  expect(told).toEqual([]);
});

test('a renewal that was tried waits before it is tried again', async () => {
  const one = rotation();
  await look(-590, 10, one);
  await look(-590, 10, one);
  expect(asked).toHaveLength(1);
  await one.clock.advance(5_000);
  await look(-590, 10, one);
  expect(asked).toHaveLength(2);
});
