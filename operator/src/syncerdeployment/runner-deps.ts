import type { Syncer, SyncerDeps } from '@kcp-syncer/syncer-runtime/engine/syncer.js';
import type { SyncerOptions } from '@kcp-syncer/syncer-runtime/engine/options.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { Logger, Verbosity } from '@kcp-syncer/syncer-runtime/observe/logger.js';
import type { EndDeps } from './end-connection.js';

/** What all runners of one operator share. */
export interface RunnerDeps extends Omit<EndDeps, 'onProgress'> {
  /** The cluster that the SyncerDeployments live in. */
  readonly client: KubeClient;
  /** Of that cluster: where objects go unless a SyncerDeployment says otherwise. */
  readonly ownKubeconfig: string;
  readonly createSyncer: (options: SyncerOptions, deps: SyncerDeps) => Syncer;
  readonly loggerOf: (verbosity: Verbosity, syncerDeployment: string) => Logger;
  readonly mayWrite: () => boolean;
  /** Who runs the syncers, as people know it. */
  readonly holder: string;
  readonly protectedNamespaces: () => readonly string[];
  readonly logFormat: 'text' | 'json';
  /** Everything is let go: the SyncerDeployment may go. */
  readonly onLeft: () => void;
}
