import { readSyncerDeployment } from '@kcp-syncer/crds/syncer-deployment.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { ensureWorkspaceApis } from '@kcp-syncer/syncer-runtime/workspace-apis/ensure-workspace-apis.js';
import { defaultResources } from '@kcp-syncer/syncer-runtime/workspace-apis/manifests.js';
import { servedTypes } from '@kcp-syncer/syncer-runtime/access/synced-types.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { ensureSyncTarget } from '../../syncerdeployment/ensure-sync-target.js';
import type { Spec } from '../../syncerdeployment/syncer-deployment.js';
import { accountRef, accountsNamespace, userOf } from '../../credentials/account.js';
import { deploymentManifest } from './deployment.js';
import type { ConnectOptions } from './options.js';
import { planOf, type Plan } from './plan.js';
import { openEnd } from '../ends.js';
import { confirm, type Io } from '../io.js';
import { accountManifest, deploymentRef, namespaceManifest, secretRef, type Manifest } from '../manifests.js';
import { findObject } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { ensure, type Outcome } from '../objects.js';
import { inFormat } from '../output.js';
import { printManifests } from './print.js';
import { discovered, renewalManifests, roleManifests } from './rights.js';
import { ensureToken } from './token.js';
import { untilReady } from './until-ready.js';
import { ensureWorkspace, inWorkspace } from '../workspaces.js';

/**
 * `kubectl syncer connect`: makes everything that a connection needs on both sides, and nothing twice.
 * @throws Error in one line.
 */
export async function connect(options: ConnectOptions, io: Io): Promise<void> {
  const kcp = await openEnd('upstream', options.kcp, io);
  const cluster = await openEnd('downstream', options.cluster, io);
  try {
    io.say(`Looking at workspace ${options.workspace} and at the cluster ${cluster.client.server}`);
    const plan = await planOf(options, { kcp, cluster }, io);
    const deployment = deploymentManifest(options, plan.syncTarget);
    assertValid(deployment);
    if (options.print) {
      await printManifests(options, plan, io);
      return;
    }
    tell(plan, io);
    await confirm(io, 'Connect?', options.yes);
    await prepareKcp(options, plan, io);
    said(io, deployment, await ensure(cluster.client, deployment, io.signal));
    if (options.wait) await untilReady(cluster.client, options, io);
    await showResult(options, cluster.client, io);
  } finally {
    await Promise.all([kcp.client.close(), cluster.client.close()]);
  }
}

function tell({ missing, synced }: Plan, io: Io): void {
  io.say(missing.length === 0 ? 'Everything is there; what differs is set right.' : 'Will be created:');
  for (const line of missing) io.say(`  ${line}`);
  io.say(`Will be synced: ${synced}`);
}

function assertValid({ desired }: Manifest): void {
  const { mistakes = [] } = readSyncerDeployment(desired);
  if (mistakes.length > 0) throw new UsageError(mistakes.join('; '));
}

/** Types and SyncTarget come before the token, which has to read the SyncTarget. */
async function prepareKcp(options: ConnectOptions, plan: Plan, io: Io): Promise<void> {
  const { signal } = io;
  const { kcp, cluster, workspace, syncTarget, logicalCluster } = plan;
  await publish(plan, io);
  const identityCluster = await ensureWorkspace(kcp.client, options.identityWorkspace, io);
  const identity = inWorkspace(kcp.client, identityCluster);
  const account = accountRef(logicalCluster, syncTarget);
  const write = async (client: KubeClient, manifest: Manifest): Promise<void> => {
    said(io, manifest, await ensure(client, manifest, signal));
  };
  await write(identity, namespaceManifest(accountsNamespace));
  await write(identity, accountManifest(account));
  for (const manifest of renewalManifests(account)) await write(identity, manifest);
  const types = servedTypes(options.resources, await discovered(workspace, cluster.client, signal));
  for (const manifest of roleManifests(syncTarget, { types, user: userOf(identityCluster, account) }))
    await write(workspace, manifest);
  await ensureSyncTarget(workspace, specOf(options, syncTarget), signal);
  await write(cluster.client, namespaceManifest(options.namespace));
  const outcome = await ensureToken({ options, plan, identity, identityCluster, account }, io);
  io.say(`Secret with the token ${outcome}`);
}

/** The SyncerDeployment's own spec says Never: its syncer may not create one. */
function specOf(options: ConnectOptions, name: string): Spec {
  return { workspace: options.workspace, syncTarget: { name }, kcp: { kubeconfigSecretRef: secretRef(options) } };
}

async function publish({ workspace, cluster, clusterUid }: Plan, io: Io): Promise<void> {
  io.say('Publishing the types of the cluster in the workspace');
  const results = await ensureWorkspaceApis(workspace, cluster.client, {
    resources: defaultResources,
    publishedBy: clusterUid,
    clock: io.clock,
    signal: io.signal,
    onResult: (result) => {
      if (result.outcome === 'created' || result.outcome === 'updated') io.say(`  ${result.type} ${result.outcome}`);
      else if ('why' in result)
        io.say(`  ${result.type} ${result.outcome === 'failed' ? 'failed' : 'left alone'}: ${result.why}`);
    },
  });
  const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ type }) => type);
  if (failed.length > 0) throw new Error(`not published, and so not connected: ${failed.join(', ')}`);
}

function said(io: Io, { desired, ref }: Manifest, outcome: Outcome): void {
  io.say(`${desired.kind} ${ref.name} ${outcome}`);
}

async function showResult(options: ConnectOptions, cluster: KubeClient, io: Io): Promise<void> {
  if (options.output === undefined) {
    io.out(`syncerdeployment.workload.kcp.io/${options.name} connects ${options.workspace}\n`);
    return;
  }
  const live = await findObject(cluster, deploymentRef(options), io.signal);
  io.out(inFormat(live, options.output));
}
