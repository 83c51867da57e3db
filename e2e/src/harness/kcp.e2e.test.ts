import { readFileSync } from 'node:fs';
import { workspaceAccount } from './account.js';
import { AdminClient } from './admin-client.js';
import { eventually } from './eventually.js';
import { startKcp } from './kcp.js';
import { credentialsOf } from './kubeconfig.js';
import { sharedControlPlanes, uniqueName } from './shared.js';
import { createWorkspace, ensureWorkspace } from './workspace.js';

jest.setTimeout(240_000);

const configMaps = { apiVersion: 'v1', resource: 'configmaps', namespace: 'default' };

describe('kcp', () => {
  it('makes workspaces, also inside others, and lets them go', async () => {
    const { kcp } = await sharedControlPlanes();
    const outer = await createWorkspace(kcp, uniqueName('outer'));
    const inner = await createWorkspace(kcp, 'inner', { parent: outer.path });
    expect(inner.path).toBe(`${outer.path}:inner`);
    expect(inner.logicalCluster).not.toBe(outer.logicalCluster);
    expect((await ensureWorkspace(kcp, 'inner', { parent: outer.path })).logicalCluster).toBe(inner.logicalCluster);

    const created = await inner.kubectl(['create', 'configmap', 'a']);
    expect(created).toEqual({ code: 0, stdout: 'configmap/a created\n', stderr: '' });
    expect(await outer.admin.find({ ...configMaps, name: 'a' })).toBeUndefined();
    await inner.delete();
    await inner.gone();
    await expect(createWorkspace(kcp, outer.path.replace('root:', ''))).rejects.toThrow('already exists');
  });

  it('lets an account of one workspace into another, and logs whose request it was', async () => {
    const { kcp } = await sharedControlPlanes();
    const identity = await createWorkspace(kcp, uniqueName('identities'));
    const workspace = await createWorkspace(kcp, uniqueName('tenant'));
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }];
    const account = await workspaceAccount(kcp, { name: workspace.path.replace(':', '-'), rules, workspace, identity });
    const client = new AdminClient(() => credentialsOf(readFileSync(account.kubeconfigPath, 'utf8')));

    const mark = kcp.audit.mark();
    await eventually('the account is let in', async () => await client.list(configMaps));
    await expect(client.create(configMaps, { metadata: { name: 'a' } })).rejects.toThrow('403');
    const seen = kcp.audit.since(mark).filter(({ user }) => user === account.user);
    expect(seen.at(-1)).toMatchObject({ verb: 'create', code: 403, logicalCluster: workspace.logicalCluster });
    expect(kcp.audit.writesSince(mark, account.user)).toHaveLength(1);

    await account.forbid();
    await eventually('the account is kept out', async () => {
      return (await client.request('GET', '/api/v1/namespaces/default/configmaps')).code === 403;
    });
  });

  it('keeps its data, its address and issued tokens when it is killed and started again', async () => {
    const kcp = await startKcp();
    const { url } = kcp;
    const identity = await createWorkspace(kcp, 'identities');
    const workspace = await createWorkspace(kcp, 'tenant');
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }];
    const account = await workspaceAccount(kcp, { name: 'syncer', rules, workspace, identity });
    const client = new AdminClient(() => credentialsOf(readFileSync(account.kubeconfigPath, 'utf8')));
    const before = await workspace.admin.apply({ ...configMaps, name: 'kept' }, { kind: 'ConfigMap' });
    const oldKubeconfig = workspace.kubeconfig();

    await kcp.kill();
    await expect(workspace.admin.list(configMaps)).rejects.toThrow();
    await kcp.start();

    expect(kcp.url).toBe(url);
    expect(await workspace.admin.get({ ...configMaps, name: 'kept' })).toMatchObject({
      metadata: { uid: before.metadata.uid },
    });
    expect(workspace.kubeconfig()).not.toBe(oldKubeconfig);
    await eventually('the account is let in', async () => await client.list(configMaps));
    await kcp.stop();
  });
});
