import { mkdtempSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { runCommand } from '../harness/command.js';
import { findBinaries } from '../harness/build.js';
import { eventually } from '../harness/eventually.js';
import { kubectlSyncer, launcherOf } from '../harness/kubectl-syncer.js';
import { uniqueName } from '../harness/shared.js';
import type { Workspace } from '../harness/workspace.js';
import { desk, nameOf, type Desk } from './connected.fixture.js';

jest.setTimeout(180_000);

const configMaps = { apiVersion: 'v1', resource: 'configmaps' };
/** An object whose spec is looked at. */
interface Spoken {
  readonly metadata: { readonly uid?: string };
  readonly spec: object;
}

const labels = { app: 'web' };
const deployment = {
  kind: 'Deployment',
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] } },
  },
};
const names = Array.from({ length: 12 }, (_, at) => `settings-${at}`);

let at: Desk;
let workspace: Workspace;

beforeAll(async () => {
  at = await desk();
  await at.world.start();
  workspace = await at.workspace();
  expect(await at.connect(workspace, '--yes', '--wait', `--prefix=${nameOf(workspace)}-`)).toMatchObject({ code: 0 });
  await at.world.down.patch(at.deployment(workspace), { spec: { heartbeatPeriod: '2s' } });
});

test('status shows the connections in a table, one with all it knows, and both as JSON', async () => {
  const namespace = 'default';
  await workspace.admin.apply({ ...configMaps, namespace, name: 'plain' }, { kind: 'ConfigMap', data: { a: 'b' } });
  const all = await eventually('a ConfigMap is counted', async () => {
    const { code, stdout } = await at.run('status');
    expect(code).toBe(0);
    return / True +[1-9]\d* +0 +0 /.test(stdout) && stdout;
  });
  expect(all).toMatch(/^NAMESPACE +NAME +WORKSPACE +READY +SYNCED +PENDING +FAILED +HEARTBEAT\n/);
  const { stdout } = await at.run('status', nameOf(workspace));
  expect(stdout).toMatch(/Workspace: +root:/);
  expect(stdout).toMatch(/\nHeartbeatReady +True /);
  expect(stdout).toMatch(/\nconfigmaps +Synced +[1-9]/);
  const list = JSON.parse((await at.run('status', '-o', 'json')).stdout) as { items: { metadata: { name: string } }[] };
  expect(list.items.map(({ metadata }) => metadata.name)).toEqual([nameOf(workspace)]);
  const one = JSON.parse((await at.run('status', nameOf(workspace), '-o', 'json')).stdout) as { kind: string };
  expect(one.kind).toBe('SyncerDeployment');
  const none = await at.run('status', 'nobody');
  expect(none).toMatchObject({ code: 1, stdout: '' });
});

test('status names an object that is not in step, and why', async () => {
  const name = uniqueName('web');
  const namespace = `${nameOf(workspace)}-default`;
  await at.world.down.apply({ ...configMaps, namespace, name }, { kind: 'ConfigMap', data: { a: 'theirs' } });
  await workspace.admin.apply(
    { ...configMaps, namespace: 'default', name },
    { kind: 'ConfigMap', data: { a: 'ours' } },
  );
  await eventually('it is named', async () => {
    const { stdout } = await at.run('status');
    return stdout.includes(`configmaps default/${name} is not in step`);
  });
  await workspace.admin.delete({ ...configMaps, namespace: 'default', name });
});

describe('held deletions', () => {
  async function held(): Promise<void> {
    for (const name of names)
      await workspace.admin.apply(
        { ...configMaps, namespace: 'default', name },
        { kind: 'ConfigMap', data: { a: name } },
      );
    await eventually('all are in the cluster', async () => (await copies()) === names.length);
    await at.world.operator.stop();
    for (const name of names) await workspace.admin.delete({ ...configMaps, namespace: 'default', name });
    await at.world.start();
  }

  async function copies(): Promise<number> {
    const all = await at.world.down.list({ ...configMaps, namespace: `${nameOf(workspace)}-default` });
    return all.filter(({ metadata }) => names.includes(metadata.name)).length;
  }

  /** The set has to stand still for a while before there is anything to decide on. */
  async function decided(command: 'approve-deletions' | 'keep-objects'): Promise<string> {
    return await eventually(
      'it is decided',
      async () => {
        const { code, stdout, stderr } = await at.run(command, nameOf(workspace), '--yes');
        if (code !== 0) throw new Error(stderr);
        return stdout;
      },
      { timeoutMs: 90_000 },
    );
  }

  it('approve-deletions has them carried out', async () => {
    expect((await at.run('approve-deletions', nameOf(workspace), '--yes')).stderr).toMatch(/holds no deletions/);
    await held();
    expect(await decided('approve-deletions')).toMatch(/the deletions were carried out/);
    expect(await copies()).toBe(0);
  });

  it('keep-objects leaves them where they are', async () => {
    await held();
    const wrong = await eventually('there is an id', async () => {
      const { stderr } = await at.run('approve-deletions', nameOf(workspace), '--yes', '--id=other');
      return /have the id \w+/.test(stderr) && stderr;
    });
    expect(wrong).toMatch(/look at them again/);
    expect(await decided('keep-objects')).toMatch(/the objects are kept/);
    expect(await copies()).toBe(names.length);
  });
});

test('export writes what a namespace runs, and connect adopts it without a change', async () => {
  const namespace = uniqueName('shop');
  const { down } = at.world;
  const app = { apiVersion: 'apps/v1', resource: 'deployments', namespace, name: 'web' };
  await down.apply({ apiVersion: 'v1', resource: 'namespaces', name: namespace }, { kind: 'Namespace' });
  await down.apply(app, deployment);
  await down.apply({ ...configMaps, namespace, name: 'settings' }, { kind: 'ConfigMap', data: { a: 'b' } });
  await down.apply(
    { apiVersion: 'v1', resource: 'services', namespace, name: 'web' },
    { kind: 'Service', spec: { selector: labels, ports: [{ port: 80 }] } },
  );
  await down.apply(
    { apiVersion: 'v1', resource: 'secrets', namespace, name: 'password' },
    { kind: 'Secret', stringData: { p: 'hush' } },
  );
  const exported = await kubectlSyncer(['export', '-n', namespace, ...at.clusterFlags]);
  expect(exported).toMatchObject({ code: 0 });
  expect(exported.stdout).not.toMatch(
    /hush|resourceVersion|managedFields|clusterIP|\nstatus:|deployment.kubernetes.io/,
  );
  expect(exported.stderr).toMatch(/1 Secrets are left out: --include-secrets/);
  const kinds = parseAllDocuments(exported.stdout).map((document) => (document.toJS() as { kind: string }).kind);
  expect(kinds).toEqual(['Namespace', 'ConfigMap', 'Service', 'Deployment']);

  const target = await at.workspace();
  const adopting = ['--when-exists=AdoptIfEqual', `--use-existing=${namespace}`, `--sync-namespaces=${namespace}`];
  expect(await at.connect(target, '--yes', '--wait', ...adopting)).toMatchObject({ code: 0 });
  const before = await down.get<Spoken>(app);
  const applied = await target.kubectl(['apply', '--server-side', '-f', '-'], { input: exported.stdout });
  expect(applied).toMatchObject({ code: 0 });
  await eventually('the Deployment is adopted', async () => {
    return (await down.get(app)).metadata.annotations?.['syncer.kcp.io/adopted'];
  });
  const after = await down.get<Spoken>(app);
  expect(after.metadata.uid).toBe(before.metadata.uid);
  expect(after.spec).toEqual(before.spec);
});

test('export of a namespace that is not there, or of none, says so', async () => {
  expect(await kubectlSyncer(['export', ...at.clusterFlags])).toMatchObject({ code: 2 });
  const { code, stderr } = await kubectlSyncer(['export', '-n', 'nowhere', ...at.clusterFlags]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/has no namespace nowhere/);
});

test('kubectl finds the plugin and completes its commands', async () => {
  const folder = mkdtempSync(join(at.world.servers.cluster.folder, 'plugins-'));
  for (const command of ['kubectl-syncer', 'kubectl_complete-syncer'] as const)
    symlinkSync(launcherOf(command), join(folder, command));
  const { kubectl } = await findBinaries(['kubectl']);
  const env = { PATH: [folder, process.env['PATH']].join(delimiter) };
  const shown = await runCommand(kubectl, ['syncer', 'version', '-o', 'json'], { env });
  expect(JSON.parse(shown.stdout)).toEqual({ clientVersion: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string });
  const { stdout } = await runCommand(kubectl, ['__complete', 'syncer', 'dis'], { env });
  expect(stdout.split('\n')[0]).toBe('disconnect');
});
