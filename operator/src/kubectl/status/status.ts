import { resolveFlags, type Environment } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { clusterChoice } from '../contexts.js';
import { deploymentOf, listDeployments, type Deployment } from '../deployments.js';
import { openEnd } from '../ends.js';
import { statusFlags } from '../flags.js';
import type { Io } from '../io.js';
import { inFormat } from '../output.js';
import type { CommandWish } from '../program.js';
import { overview } from './overview.js';
import { report } from './report.js';

/**
 * `kubectl syncer status`: all SyncerDeployments of a namespace with what is wrong, or everything about one.
 * @throws Error in one line; UsageError.
 */
export async function showStatus(
  { args, given, switches }: CommandWish,
  { io, env }: { readonly io: Io; readonly env: Environment },
): Promise<void> {
  const flags = resolveFlags(statusFlags, { given, env });
  const cluster = await openEnd('downstream', await clusterChoice(flags), io);
  try {
    const [name] = args;
    const nowMs = io.clock.now();
    if (name !== undefined) {
      const found = await deploymentOf(cluster.client, { namespace: flags.namespace, name }, io.signal);
      io.out(flags.output ? inFormat(bare(found), flags.output) : report(found, nowMs));
      return;
    }
    const all = switches.has('all-namespaces');
    const found = await listDeployments(cluster.client, all ? undefined : flags.namespace, io.signal);
    if (flags.output) io.out(inFormat(listOf(found), flags.output));
    else if (found.length > 0) io.out(overview(found, nowMs));
    else io.say(all ? 'No SyncerDeployments found.' : `No SyncerDeployments found in namespace ${flags.namespace}.`);
  } finally {
    await cluster.client.close();
  }
}

function listOf(items: readonly Deployment[]): object {
  return { apiVersion: 'v1', kind: 'List', items: items.map(bare) };
}

/** As kubectl shows it: without the record of who set which field. Items of a list come without their type. */
function bare({ metadata, ...rest }: Deployment): object {
  const { managedFields: _, ...shown } = metadata;
  return { apiVersion: 'workload.kcp.io/v1alpha1', kind: 'SyncerDeployment', metadata: shown, ...rest };
}
