import { eventually } from '../harness/eventually.js';
import { AdminClient } from '../harness/admin-client.js';
import type { CommandResult } from '../harness/command.js';
import { credentialsOf } from '../harness/kubeconfig.js';
import { kubectlSyncer } from '../harness/kubectl-syncer.js';
import type { Workspace } from '../harness/workspace.js';
import { desk, nameOf, type Desk } from './connected.fixture.js';

jest.setTimeout(180_000);

const deployments = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'default', name: 'nginx' };
const labels = { app: 'nginx' };
const deployment = {
  kind: 'Deployment',
  spec: {
    replicas: 1,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] } },
  },
};

let at: Desk;

beforeAll(async () => {
  at = await desk();
  await at.world.start();
});

/** A workspace that is connected, with one Deployment that is held there. */
async function connected(): Promise<Workspace> {
  const workspace = await at.workspace();
  const { code, stderr } = await at.connect(workspace, '--yes', '--wait', `--prefix=${nameOf(workspace)}-`);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  await workspace.admin.apply(deployments, deployment);
  await eventually('the Deployment is held', async () => {
    return ((await workspace.admin.get(deployments)).metadata.finalizers ?? []).length > 0;
  });
  return workspace;
}

test('disconnect lets go of the objects and takes back rights, account and Secret; a second one has nothing to do', async () => {
  const workspace = await connected();
  const name = nameOf(workspace);
  const { text } = await at.kubeconfig(workspace);
  const { code, stdout, stderr } = await at.run('disconnect', name, '--yes', ...at.kcpFlags);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toBe(`syncerdeployment.workload.kcp.io/${name} disconnected\n`);
  expect(await at.world.down.find(at.deployment(workspace))).toBeUndefined();
  expect(await at.world.down.find(at.secret(workspace))).toBeUndefined();
  expect((await workspace.admin.get(deployments)).metadata.finalizers ?? []).toEqual([]);
  const namespace = `${name}-default`;
  expect(await at.world.down.find({ ...deployments, namespace })).toBeDefined();
  const rbac = await workspace.admin.list({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    resource: 'clusterrolebindings',
  });
  expect(rbac.filter(({ metadata }) => metadata.name.startsWith('kcp-syncer-'))).toEqual([]);
  await eventually('the token is refused', async () => {
    const client = new AdminClient(() => credentialsOf(text));
    return await client.get(deployments).then(
      () => false,
      () => true,
    );
  });
  const again = await at.run('disconnect', name, '--yes', ...at.kcpFlags);
  expect(again).toMatchObject({ code: 1 });
  expect(again.stderr).toMatch(/there is no SyncerDeployment/);
});

test('without an administrator of kcp the Secret stays, and a second disconnect with one takes back the rest', async () => {
  const workspace = await connected();
  const name = nameOf(workspace);
  const first = await at.run('disconnect', name, '--yes');
  expect(first).toMatchObject({ code: 0 });
  expect(first.stderr).toMatch(/stay.*run this again with --kcp-kubeconfig/);
  expect(await at.world.down.find(at.secret(workspace))).toBeDefined();
  expect(await at.run('disconnect', name, '--yes', ...at.kcpFlags)).toMatchObject({ code: 0 });
  expect(await at.world.down.find(at.secret(workspace))).toBeUndefined();
});

test('--release lets a workspace go that no operator reaches any more, and no other', async () => {
  const workspace = await at.workspace();
  // Finalizers of a type that the workspace publishes itself hold nothing up; those of bound and built-in types do.
  const held = { apiVersion: 'v1', resource: 'configmaps', namespace: 'default', name: 'held' };
  const finalizers = ['syncer.kcp.io/0123456789abcdef', 'syncer.kcp.io/fedcba9876543210'];
  await workspace.admin.apply(held, { kind: 'ConfigMap', metadata: { finalizers } });
  const release = async (): Promise<CommandResult> =>
    await kubectlSyncer(['disconnect', '--release', workspace.path, '--yes', ...at.kcpFlags]);
  const refused = await release();
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/is not being deleted/);
  await workspace.delete();
  await eventually('the ConfigMap hangs', async () => {
    return (await workspace.admin.get(held)).metadata.deletionTimestamp;
  });
  const { code, stdout, stderr } = await release();
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toBe(`workspace ${workspace.path} is gone; 2 finalizers were taken off\n`);
  await workspace.gone();
});
