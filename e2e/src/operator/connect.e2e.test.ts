import { eventually } from '../harness/eventually.js';
import { runOperator } from '../harness/operator.js';
import { operatorWorld, type Tenant, type World } from './operator.fixture.js';

jest.setTimeout(180_000);

const configMaps = { apiVersion: 'v1', resource: 'configmaps' };
const deployments = { apiVersion: 'apps/v1', resource: 'deployments' };

let world: World;
let first: Tenant;
let second: Tenant;

/** A Deployment that is as small as one can be. */
function deployment(replicas: number): { kind: string; spec: object } {
  const labels = { app: 'nginx' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] } };
  return { kind: 'Deployment', spec: { replicas, selector: { matchLabels: labels }, template } };
}

beforeAll(async () => {
  world = await operatorWorld();
  await world.start();
  [first, second] = await Promise.all([world.tenant(), world.tenant()]);
});

describe('a SyncerDeployment', () => {
  it('makes the SyncTarget, publishes the types, and becomes Ready', async () => {
    await Promise.all([
      first.deploy({
        syncTarget: {
          name: 'my-cluster',
          labels: { 'example.com/region': 'west' },
          workloadCluster: { name: 'production-us-west-2' },
          capabilities: [{ type: 'Compute', resource: 'cpu', capacity: '64' }],
        },
      }),
      second.deploy(),
    ]);
    await Promise.all([first.eventually('Ready', 'True'), second.eventually('Ready', 'True')]);
    const { metadata, spec, status } = await first.syncTarget();
    expect(metadata.labels).toEqual({ 'example.com/region': 'west' });
    expect(spec).toMatchObject({
      workloadCluster: { name: 'production-us-west-2' },
      capabilities: [{ resource: 'cpu' }],
    });
    expect(status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True' });
  });

  it('says what the SyncTarget says, and what it is pinned to', async () => {
    const { metadata, status: target } = await first.syncTarget();
    const { metadata: ours, status } = await first.syncerDeployment();
    const kubeSystem = await world.down.get({ apiVersion: 'v1', resource: 'namespaces', name: 'kube-system' });
    expect(status).toMatchObject({
      syncTargetUID: metadata.uid,
      syncerIdentifier: target?.syncerIdentifier,
      workspaceCluster: first.workspace.logicalCluster,
      clusterUID: kubeSystem.metadata.uid,
      holder: 'replica-0',
      observedGeneration: ours.generation,
    });
    const essence = (conditions: readonly { type: string; status: string; reason: string; message: string }[] = []) =>
      conditions.map(({ type, status: value, reason, message }) => ({ type, value, reason, message }));
    expect(essence(status?.conditions)).toEqual(essence(target?.conditions));
  });

  it('carries objects of each workspace to namespaces of its own, and their status back', async () => {
    const ref = { ...deployments, namespace: 'default', name: 'nginx' };
    await Promise.all([
      first.workspace.admin.apply(ref, deployment(1)),
      second.workspace.admin.apply(ref, deployment(2)),
    ]);
    for (const tenant of [first, second]) {
      await eventually(`${tenant.name} has its copy`, async () => {
        return await world.down.find({ ...ref, namespace: `${tenant.name}-default` });
      });
      await eventually(`the Deployment of ${tenant.name} is available in the workspace`, async () => {
        const found = await tenant.workspace.admin.get<
          { metadata: object; status?: { availableReplicas?: number } } & { metadata: { name: string } }
        >(ref);
        return (found.status?.availableReplicas ?? 0) >= 1;
      });
    }
  });

  it('applies a change of its spec, and nothing is written for objects that it does not concern', async () => {
    const ref = { ...configMaps, namespace: 'default', name: 'settings' };
    await first.workspace.admin.apply(ref, { kind: 'ConfigMap', data: { a: 'b' } });
    const copy = { ...ref, namespace: `${first.name}-default` };
    const before = await eventually('the ConfigMap is in the cluster', async () => await world.down.find(copy));
    const { metadata } = await first.syncerDeployment();
    await first.deploy({ heartbeatPeriod: '3s' });
    await eventually('the new period is said', async () => {
      const { status } = await first.syncerDeployment();
      const heartbeat = status?.conditions?.find(({ type }) => type === 'HeartbeatReady');
      return status?.observedGeneration === (metadata.generation ?? 0) + 1 && heartbeat?.message.includes('every 3 s');
    });
    await first.eventually('Ready', 'True');
    expect((await world.down.get(copy)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it('picks up renewed credentials in place', async () => {
    const count = (await first.syncTarget()).status?.heartbeat?.count ?? 0;
    const from = world.operator.lines.length;
    await first.account.renew();
    await first.putSecret();
    await world.operator.waitForLine(/the kubeconfig was renewed/, { from });
    await eventually(
      'heartbeats go on',
      async () => ((await first.syncTarget()).status?.heartbeat?.count ?? 0) > count + 1,
    );
    expect(world.operator.lines.slice(from).filter((line) => line.includes('the syncer has started'))).toEqual([]);
  });

  it('stays with the credentials that it has when the Secret holds nonsense', async () => {
    const from = world.operator.lines.length;
    await first.putSecret('nonsense');
    await world.operator.waitForLine(/former ones stay in use/, { from });
    const count = (await first.syncTarget()).status?.heartbeat?.count ?? 0;
    await eventually(
      'heartbeats go on',
      async () => ((await first.syncTarget()).status?.heartbeat?.count ?? 0) > count,
    );
    await first.putSecret();
  });

  it('that is deleted leaves the objects in the cluster alone', async () => {
    await world.down.delete(second.ref);
    await eventually('its syncer has stopped', async () => {
      const { status } = await second.syncTarget();
      return status?.conditions?.find(({ type }) => type === 'SyncerReady')?.reason === 'Stopped';
    });
    expect(await world.down.find({ ...deployments, namespace: `${second.name}-default`, name: 'nginx' })).toBeDefined();
  });
});

describe('a SyncerDeployment that cannot work says why', () => {
  it.each<[string, (tenant: Tenant) => Promise<void>, { reason: string; words: RegExp }]>([
    [
      'the Secret is missing',
      async (tenant) => {
        await world.down.delete(tenant.secretRef);
        await tenant.deploy();
      },
      { reason: 'KubeconfigMissing', words: /there is no Secret operator-.*-kcp/ },
    ],
    [
      'the kubeconfig would run a program',
      async (tenant) => {
        await tenant.putSecret(JSON.stringify(kubeconfigWith({ exec: { command: 'touch', args: ['/tmp/owned'] } })));
        await tenant.deploy();
      },
      { reason: 'KubeconfigRefused', words: /says "exec" of its user, which is not taken/ },
    ],
    [
      'the workspace does not exist',
      async (tenant) => {
        await tenant.deploy({ workspace: 'root:no-such-workspace' });
      },
      { reason: 'WorkspaceNotFound', words: /has no workspace root:no-such-workspace/ },
    ],
    [
      'there is no SyncTarget and none shall be made',
      async (tenant) => {
        await tenant.deploy({ syncTarget: { name: 'my-cluster', createPolicy: 'Never' } });
      },
      { reason: 'SyncTargetMissing', words: /has no SyncTarget my-cluster, and spec.syncTarget.createPolicy is Never/ },
    ],
    [
      'the pinned SyncTarget is another',
      async (tenant) => {
        await tenant.deploy({ syncTarget: { name: 'my-cluster', uid: 'another' } });
      },
      { reason: 'SyncTargetChanged', words: /spec.syncTarget.uid is another/ },
    ],
    [
      'the cluster of the Secret is kcp itself',
      async (tenant) => {
        await tenant.deploy({ cluster: { kubeconfigSecretRef: { name: `${tenant.name}-kcp` } } });
      },
      { reason: 'ConfigurationError', words: /is kcp and no cluster/ },
    ],
  ])('%s', async (_, arrange, { reason, words }) => {
    const tenant = await world.tenant();
    await arrange(tenant);
    const { message } = await tenant.eventually('Ready', 'False', reason);
    expect(message).toMatch(words);
    await world.down.delete(tenant.ref);
  });

  it('and runs as soon as the reason is gone', async () => {
    const tenant = await world.tenant();
    await tenant.putSecret('{}');
    await tenant.deploy();
    await tenant.eventually('Ready', 'False', 'KubeconfigRefused');
    await tenant.putSecret();
    expect(await tenant.eventually('Ready', 'True')).toMatchObject({ reason: 'SyncTargetReady' });
  });
});

describe('the command', () => {
  it('shows its flags', async () => {
    const { code, stdout } = await runOperator(['--help']);
    expect(code).toBe(0);
    for (const flag of ['--kubeconfig', '--namespace', '--protected-namespaces', '--metrics-port'])
      expect(stdout).toContain(flag);
  });

  it.each([
    [['--kubeconfig=/nowhere'], 'error: --kubeconfig /nowhere'],
    [[], 'error: this is no Pod of a cluster: give --kubeconfig'],
    [['--kubeconfg=x'], "error: unknown option '--kubeconfg=x' (Did you mean --kubeconfig?)"],
    [['--v=5', '--kubeconfig=/nowhere'], 'error: --v must be a whole number from 1 to 4, not "5"'],
    [['release-al'], 'error: there is no command "release-al"; there is release-all'],
    [['release-all', '--policy=Keep'], 'error: --policy must be one of Release, Refuse, not "Keep"'],
    [['release-all'], 'error: this is no Pod of a cluster: give --kubeconfig'],
  ])('%j is one line that says what to change', async (args, words) => {
    const { code, stderr } = await runOperator(args);
    expect({ code, stderr: stderr.slice(0, words.length) }).toEqual({ code: 2, stderr: words });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

function kubeconfigWith(user: object): object {
  return {
    'current-context': 'a',
    contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    clusters: [{ name: 'a', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'a', user }],
  };
}
