import { sleep } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { objectPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { conditionOf, type Deployment } from '../deployments.js';
import { openEnd, type End } from '../ends.js';
import { confirm, type Io } from '../io.js';
import { recordIn, type ConnectionRecord } from '../../credentials/managed-secret.js';
import { deploymentRef, secretRef, type Place } from '../manifests.js';
import { findObject } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { remove } from '../objects.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { DisconnectOptions } from './options.js';
import { takeBackRights } from './take-back.js';

const pollMs = 500;

/**
 * `kubectl syncer disconnect`: deletes the SyncerDeployment, waits until the operator has let go of its objects, and takes
 * back what `connect` made for it. Can be run again where it was interrupted.
 * @throws Error in one line.
 */
export async function disconnect(options: DisconnectOptions, io: Io): Promise<void> {
  const cluster = await openEnd('downstream', options.cluster, io);
  const kcp = options.kcp && (await openEnd('upstream', options.kcp, io));
  try {
    const deployment = await findObject<Deployment>(cluster.client, deploymentRef(options), io.signal);
    const secret = await findObject(cluster.client, secretRef(options), io.signal);
    const record = secret && recordIn(secret);
    if (!deployment && !record)
      throw new Error(
        `there is no SyncerDeployment ${options.name} in namespace ${options.namespace}, nor anything that connect made for it`,
      );
    if (deployment) io.say(fate(deployment));
    await confirm(io, `Disconnect ${options.name}?`, options.yes);
    if (deployment) await deleteAndWait(cluster, { deployment, timeoutMs: options.timeoutMs }, io);
    await takeBack({ options, cluster, kcp, secret, record }, io);
    io.out(`syncerdeployment.workload.kcp.io/${options.name} disconnected\n`);
  } finally {
    await Promise.all([cluster.client.close(), kcp?.client.close()]);
  }
}

function fate({ spec, metadata }: Deployment): string {
  const { deletionPolicy = 'Orphan', workspace } = spec;
  const objects =
    deletionPolicy === 'Delete'
      ? 'its copies are deleted from the cluster (deletionPolicy Delete)'
      : 'its copies stay in the cluster, and follow the workspace no more (deletionPolicy Orphan)';
  return `SyncerDeployment ${metadata.name} connects ${workspace}: ${objects}; workspace, types and SyncTarget stay.`;
}

async function deleteAndWait(
  { client }: End,
  { deployment, timeoutMs }: { readonly deployment: Deployment; readonly timeoutMs: number },
  { clock, signal, say }: Io,
): Promise<void> {
  const { metadata } = deployment;
  const ref = deploymentRef(metadata);
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: metadata.uid } });
  await client.request({ method: 'DELETE', path: objectPath(ref.type, ref), body, signal });
  const deadline = clock.monotonic() + timeoutMs;
  let told = '';
  for (;;) {
    const left = await findObject<Deployment>(client, ref, signal);
    if (left?.metadata.uid !== metadata.uid) return;
    const ready = left && conditionOf(left, 'Ready');
    const words = ready ? `${ready.reason}: ${ready.message}` : 'the operator has not taken it up: does it run?';
    if (words !== told) say(words);
    told = words;
    if (clock.monotonic() > deadline)
      throw new Error(`SyncerDeployment ${metadata.name} is being deleted and still there: ${words}`);
    await sleep(clock, pollMs, signal);
  }
}

interface Left {
  readonly options: Place;
  readonly cluster: End;
  readonly kcp: End | undefined;
  readonly secret: KubeObject | undefined;
  /** undefined: `connect` did not make it, so nothing of it is ours to take. */
  readonly record: ConnectionRecord | undefined;
}

/** The Secret goes last: it says what there is to take back. */
async function takeBack({ options, cluster, kcp, secret, record }: Left, io: Io): Promise<void> {
  if (!record) {
    if (secret) io.say(`Secret ${secret.metadata.name} was not made by connect: it stays`);
    return;
  }
  if (!kcp) {
    io.say(
      `its account and rights in kcp stay, and so does Secret ${secretRef(options).name}: run this again with --kcp-kubeconfig to take them back`,
    );
    return;
  }
  await takeBackRights(kcp, record, io);
  await remove(cluster.client, secretRef(options), io.signal);
  io.say(`Secret ${secretRef(options).name} deleted`);
}
