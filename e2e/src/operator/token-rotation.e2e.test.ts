import { eventually } from '../harness/eventually.js';
import { desk, type Desk } from '../kubectl/connected.fixture.js';
import type { Workspace } from '../harness/workspace.js';

jest.setTimeout(180_000);

/** The shortest life that kcp gives to a token. */
const lifeS = 600;
/** The operator's clock is ahead by so much, so that a new token is due for renewal ten seconds later. */
const aheadMs = 470_000;

let at: Desk;
let workspace: Workspace;

beforeAll(async () => {
  at = await desk();
  workspace = await at.workspace();
  expect(await at.connect(workspace, '--yes', '--prefix=rotated-')).toMatchObject({ code: 0 });
  await at.world.down.patch(at.deployment(workspace), { spec: { heartbeatPeriod: '2s' } });
});

/** As kcp's audit log names a token. */
function idOf(token: string): string {
  const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { jti: string };
  return `JTI=${jti}`;
}

/** A token of the account that expires soon, in the place of the one in the Secret. */
async function putShortToken(): Promise<string> {
  const { kcp } = at.world.servers;
  const { text, token } = await at.kubeconfig(workspace);
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
  const [, , namespace = '', name = ''] = sub.split(':');
  const { status } = await kcp
    .client(at.identityWorkspace)
    .create<{ status: { token: string } }>(
      { apiVersion: 'v1', resource: 'serviceaccounts', namespace, name, subresource: 'token' },
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: lifeS } },
    );
  const kubeconfig = Buffer.from(text.replace(token, status.token)).toString('base64');
  await at.world.down.patch(at.secret(workspace), { data: { kubeconfig } });
  return status.token;
}

test('a token is renewed before it expires, and the new one is what kcp sees', async () => {
  const old = await putShortToken();
  const before = await at.world.down.get(at.secret(workspace));
  const ahead = `data:text/javascript,${encodeURIComponent(`(now=>{Date.now=()=>now()+${aheadMs}})(Date.now)`)}`;
  await at.world.start({}, { env: { NODE_OPTIONS: `--import=${ahead}` } });
  const token = await eventually(
    'another token is in the Secret',
    async () => {
      const { token: now } = await at.kubeconfig(workspace);
      return now !== old && now;
    },
    { timeoutMs: 90_000 },
  );
  const { exp, iat } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    exp: number;
    iat: number;
  };
  expect(exp - iat).toBe(lifeS);
  const { audit } = at.world.servers.kcp;
  await eventually('kcp sees the new token in the workspace', () =>
    audit
      .since(0)
      .some((entry) => entry.credentialId === idOf(token) && entry.logicalCluster === workspace.logicalCluster),
  );
  expect(audit.since(0).some(({ credentialId }) => credentialId === idOf(old))).toBe(true);
  const after = await at.world.down.get(at.secret(workspace));
  expect(after.metadata).toMatchObject({
    uid: before.metadata.uid,
    labels: before.metadata.labels,
    annotations: before.metadata.annotations,
  });
  const writes = at.world.servers.cluster.audit.writesSince(0, at.world.account.user);
  const ofSecret = writes.filter(
    ({ object }) => object.resource === 'secrets' && object.namespace === at.world.namespace,
  );
  expect(new Set(ofSecret.map(({ verb }) => verb))).toEqual(new Set(['patch']));
});

test('an object is synced on with the new token', async () => {
  const ref = { apiVersion: 'v1', resource: 'configmaps', namespace: 'default', name: 'after' };
  await workspace.admin.apply(ref, { kind: 'ConfigMap', data: { a: 'b' } });
  await eventually(
    'it is in the cluster',
    async () => await at.world.down.find({ ...ref, namespace: 'rotated-default' }),
  );
});

test('a token that kcp takes no more is told with the command that makes a new one', async () => {
  const { kcp } = at.world.servers;
  await at.world.operator.stop();
  const { token } = await at.kubeconfig(workspace);
  const { sub } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
  const [, , namespace = '', name = ''] = sub.split(':');
  await kcp.client(at.identityWorkspace).delete({ apiVersion: 'v1', resource: 'serviceaccounts', namespace, name });
  await at.world.start();
  await eventually(
    'the command is told',
    async () => {
      const { status } = await at.world.down.get<{ status?: { conditions?: { type: string; message: string }[] } }>(
        at.deployment(workspace),
      );
      const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';
      return ready.includes(`kubectl syncer connect ${workspace.path} `) && ready.includes('--renew');
    },
    { timeoutMs: 90_000 },
  );
  expect(await at.connect(workspace, '--yes', '--wait', '--renew', '--prefix=rotated-')).toMatchObject({ code: 0 });
});
