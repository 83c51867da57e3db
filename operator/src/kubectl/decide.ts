import { sleep } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { resolveFlags, type Environment } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { objectPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import {
  askedDecisions,
  decisionAnnotation,
  decisionIdIn,
  type AskedDecision,
} from '@kcp-syncer/syncer-runtime/object/decisions.js';
import { oneLine } from '@kcp-syncer/syncer-runtime/observe/log-line.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import { clusterChoice } from './contexts.js';
import { conditionOf, deploymentOf, type Deployment } from './deployments.js';
import { openEnd } from './ends.js';
import { decisionFlags } from './flags.js';
import { confirm, type Io } from './io.js';
import { deploymentRef, type Place } from './manifests.js';
import type { CommandWish } from './program.js';

const pollMs = 500;

/** What becomes of the copies, for the question and the result. */
const words = {
  delete: { question: 'Delete these copies in the cluster?', done: 'the deletions were carried out' },
  keep: { question: "Keep these objects in the cluster, as nobody's copies?", done: 'the objects are kept' },
} as const;

/**
 * `approve-deletions` and `keep-objects`: decides on the deletions that a SyncerDeployment holds (S26), and waits until
 * the syncer has done so.
 * @throws Error in one line; UsageError.
 */
export async function decide(
  { name, args, given, switches }: CommandWish,
  { io, env }: { readonly io: Io; readonly env: Environment },
): Promise<void> {
  const flags = resolveFlags(decisionFlags, { given, env });
  const place: Place = { namespace: flags.namespace, name: args[0] ?? '' };
  const cluster = await openEnd('downstream', await clusterChoice(flags), io);
  try {
    const found = await deploymentOf(cluster.client, place, io.signal);
    const held = heldIn(found);
    if (flags.id !== undefined && flags.id !== held.id)
      throw new Error(`the deletions that are held now have the id ${held.id}: look at them again, and decide on that`);
    const decision = name === 'keep-objects' ? 'keep' : 'delete';
    io.say(oneLine(held.message));
    await confirm(io, words[decision].question, switches.has('yes'));
    await annotate(cluster.client, { found, asked: { decision, id: held.id } }, io.signal);
    io.say('waiting for the syncer, which looks at its decisions with each heartbeat');
    await untilCarriedOut(cluster.client, { place, asked: { decision, id: held.id }, timeoutMs: flags.timeout }, io);
    io.out(`syncerdeployment.workload.kcp.io/${place.name}: ${words[decision].done}\n`);
  } finally {
    await cluster.client.close();
  }
}

/** @throws Error when nothing is held, or not yet for certain. */
function heldIn(found: Deployment): { readonly id: string; readonly message: string } {
  const condition = conditionOf(found, 'DeletionsAllowed');
  const name = `SyncerDeployment ${found.metadata.name}`;
  if (condition?.reason !== reasons.DeletionsHeld) throw new Error(`${name} holds no deletions`);
  const id = decisionIdIn(condition.message);
  if (id === undefined)
    throw new Error(
      `what ${name} holds still changes, so there is nothing to decide on yet; try again in 10 seconds: ${condition.message}`,
    );
  return { id, message: condition.message };
}

async function annotate(
  cluster: KubeClient,
  { found: { metadata }, asked }: { readonly found: Deployment; readonly asked: AskedDecision },
  signal: AbortSignal,
): Promise<void> {
  const { uid } = metadata;
  await cluster.request({
    method: 'PATCH',
    path: objectPath(deploymentRef(metadata).type, metadata, { fieldManager: 'kubectl-syncer' }),
    contentType: 'application/merge-patch+json',
    body: JSON.stringify({ metadata: { uid, annotations: decisionAnnotation(asked) } }),
    signal,
  });
}

interface Waiting {
  readonly place: Place;
  readonly asked: AskedDecision;
  readonly timeoutMs: number;
}

/** The operator takes the annotation off when the decision is over. */
async function untilCarriedOut(cluster: KubeClient, { place, asked, timeoutMs }: Waiting, io: Io): Promise<void> {
  const deadline = io.clock.monotonic() + timeoutMs;
  for (;;) {
    const found = await deploymentOf(cluster, place, io.signal);
    const stands = askedDecisions(found.metadata.annotations).some(({ id }) => id === asked.id);
    if (!stands) return;
    if (io.clock.monotonic() > deadline) {
      const ready = conditionOf(found, 'Ready');
      throw new Error(
        `the decision stands as an annotation and is not carried out yet${ready ? `; Ready: ${ready.message}` : ''}`,
      );
    }
    await sleep(io.clock, pollMs, io.signal);
  }
}
