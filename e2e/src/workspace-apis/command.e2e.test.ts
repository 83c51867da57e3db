import { parseAllDocuments } from 'yaml';
import type { CommandResult } from '../harness/command.js';
import { uniqueName } from '../harness/shared.js';
import { runSyncer } from '../harness/syncer.js';
import { createWorkspace } from '../harness/workspace.js';
import { emptyWorld, ownWrites, type World } from './world.fixture.js';

jest.setTimeout(180_000);

let world: World;

beforeAll(async () => {
  world = await emptyWorld();
});

async function publishApis(...flags: string[]): Promise<CommandResult> {
  const { kcp, cluster, workspace } = world;
  return await runSyncer([
    'publish-apis',
    `--kcp-kubeconfig=${kcp.kubeconfigPath}`,
    `--workspace-cluster=${workspace.path}`,
    `--cluster-kubeconfig=${cluster.kubeconfigPath}`,
    ...flags,
  ]);
}

/** The lines after the first, without the order in which types were ready. */
function linesOf({ stdout }: CommandResult): string[] {
  return stdout.trimEnd().split('\n').slice(1).sort();
}

const resources = '--resources=services,jobs.batch';
const line = (type: string, outcome: string): string => `${type.padEnd(44)} ${outcome}`;

test('the command prints the manifests and touches nothing; what it printed is what it publishes', async () => {
  const mark = world.kcp.audit.mark();
  const { code, stdout, stderr } = await publishApis(resources, '--print');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(ownWrites(world, mark)).toEqual([]);
  const kinds = parseAllDocuments(stdout).map((document) => (document.toJS() as { kind: string } | null)?.kind);
  expect(kinds.filter((kind) => kind === 'CustomResourceDefinition')).toHaveLength(3);
  expect(kinds.filter((kind) => kind === 'ValidatingAdmissionPolicy')).toHaveLength(2);

  const other = await createWorkspace(world.kcp, uniqueName('printed'));
  expect(await other.kubectl(['apply', '--server-side', '-f', '-'], { input: stdout })).toMatchObject({ code: 0 });
  const again = await publishApis(resources, `--workspace-cluster=${other.path}`);
  expect(linesOf(again)).toEqual(
    ['jobs.batch', 'services', 'synctargets.workload.kcp.io'].map((type) => line(type, 'unchanged')),
  );
});

test('the command publishes, says so by type, and finds nothing to do the second time', async () => {
  const first = await publishApis(resources);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain(`in ${world.workspace.url}\n`);
  const types = ['jobs.batch', 'services', 'synctargets.workload.kcp.io'];
  expect(linesOf(first)).toEqual(types.map((type) => line(type, 'created')));
  const mark = world.kcp.audit.mark();
  expect(linesOf(await publishApis(resources))).toEqual(types.map((type) => line(type, 'unchanged')));
  expect(ownWrites(world, mark)).toEqual([]);
});

test('what cannot be published is one line and exit code 1, and keeps nothing else', async () => {
  const result = await publishApis('--resources=configmaps,gadgets.example.com,nodes');
  expect(result).toMatchObject({ code: 1, stderr: 'error: not published: gadgets.example.com, nodes\n' });
  expect(linesOf(result)).toEqual([
    line('configmaps', 'left alone: the workspace serves it already'),
    line('gadgets.example.com', 'failed: the cluster does not serve it'),
    line('nodes', 'failed: it has no namespace'),
    line('synctargets.workload.kcp.io', 'unchanged'),
  ]);
});

test('a workspace that is not there is one line that names it', async () => {
  const { code, stderr } = await publishApis('--workspace-cluster=root:nowhere');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: .*root:nowhere.*\n$/);
});
