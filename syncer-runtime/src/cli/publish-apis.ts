import { stringify } from 'yaml';
import { systemClock } from '../base/clock.js';
import { identifyCluster } from '../engine/cluster-identity.js';
import type { SyncerClients } from '../engine/clients.js';
import type { KubeClient } from '../kube/client.js';
import { ensureWorkspaceApis, type TypeResult } from '../workspace-apis/ensure-workspace-apis.js';
import {
  defaultResources,
  manifestsOf,
  syncTargetManifests,
  type ManifestOptions,
} from '../workspace-apis/manifests.js';
import type { PublishOptions } from './cli.js';
import { withClients } from './two-clients.js';

export interface PublishIo {
  /** Takes one line of standard output. */
  readonly out: (line: string) => void;
}

const words: Readonly<Record<TypeResult['outcome'], string>> = {
  created: 'created',
  updated: 'updated',
  unchanged: 'unchanged',
  leftAlone: 'left alone',
  failed: 'failed',
};

/**
 * `workload-syncer publish-apis`: makes a workspace serve the cluster's types and the SyncTarget type, one line for
 * each, or prints the manifests that would do it.
 * @throws Error in one line, also when some types could not be published.
 */
export async function publishApisCommand(options: PublishOptions, io: PublishIo): Promise<void> {
  const { signal } = new AbortController();
  // timers of the product's clock do not keep the process alive: this one does, while a type is on its way
  // eslint-disable-next-line no-restricted-globals -- it times nothing
  const alive = setInterval(() => undefined, 3_600_000);
  try {
    await withClients(options, async (clients) => {
      // The cluster's identity (S7): later only the same cluster changes the types that it published.
      const { uid: publishedBy } = await identifyCluster(clients.downstream, signal);
      const wish = { resources: options.resources ?? defaultResources, publishedBy, signal };
      if (options.print) await print(clients.downstream, wish, io);
      else await publish(clients, wish, io);
    });
  } finally {
    clearInterval(alive);
  }
}

async function publish(clients: SyncerClients, wish: ManifestOptions, io: PublishIo): Promise<void> {
  io.out(`Publishing the types of ${clients.downstream.server} in ${clients.upstream.server}`);
  const results = await ensureWorkspaceApis(clients.upstream, clients.downstream, {
    ...wish,
    clock: systemClock,
    onResult: (result) => {
      io.out(lineOf(result));
    },
  });
  const failed = results.filter(({ outcome }) => outcome === 'failed').map(({ type }) => type);
  if (failed.length > 0) throw new Error(`not published: ${failed.join(', ')}`);
}

function lineOf(result: TypeResult): string {
  const why = 'why' in result ? `: ${result.why}` : '';
  return `${result.type.padEnd(44)} ${words[result.outcome]}${why}`;
}

async function print(downstream: KubeClient, wish: ManifestOptions, io: PublishIo): Promise<void> {
  const all = [syncTargetManifests(wish.publishedBy), ...(await manifestsOf(downstream, wish))];
  const failed = all.flatMap((one) => ('crd' in one ? [] : [`${one.type}: ${one.why}`]));
  if (failed.length > 0) throw new Error(`cannot be published: ${failed.join('; ')}`);
  io.out('# Too large for a client-side apply: kubectl apply --server-side -f');
  const objects = all.flatMap((one) => ('crd' in one ? [one.guard?.policy, one.guard?.binding, one.crd] : []));
  for (const object of objects) if (object) io.out(`---\n${stringify(object, { lineWidth: 0 }).trimEnd()}`);
}
