import type { Syncer } from '@kcp-syncer/syncer-runtime/engine/syncer.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { objectPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { askedDecisions, withoutDecision } from '@kcp-syncer/syncer-runtime/object/decisions.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import { syncerDeployments, type SyncerDeployment } from './syncer-deployment.js';

export interface DecisionsInput {
  /** The cluster that the SyncerDeployment lives in. */
  readonly client: KubeClient;
  readonly object: () => SyncerDeployment;
  readonly syncer: Pick<Syncer, 'decide'>;
  readonly logger: Logger;
}

/**
 * Hands the decisions about held deletions among the annotations of a SyncerDeployment on to its syncer, and takes those
 * off that are over (S26). Never rejects: what failed is done by the next call.
 */
export async function passDecisions(
  { client, object, syncer, logger }: DecisionsInput,
  signal: AbortSignal,
): Promise<void> {
  const { metadata } = object();
  for (const over of syncer.decide(askedDecisions(metadata.annotations))) {
    const path = objectPath(syncerDeployments, metadata, { fieldManager: 'kcp-syncer-operator' });
    const body = JSON.stringify(withoutDecision(over));
    try {
      await client.request({ method: 'PATCH', path, body, contentType: 'application/json-patch+json', signal });
    } catch (error) {
      if (!signal.aborted) logger.error('a decision that is over could not be taken off', error, { id: over.id });
    }
  }
}
