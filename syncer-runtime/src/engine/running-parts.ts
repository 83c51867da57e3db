import type { Clock } from '../base/clock.js';
import type { Logger } from '../observe/logger.js';
import type { Recorder } from '../observe/recorder.js';
import type { RollingCount } from '../observe/rolling-count.js';
import type { EventSink } from '../sync/events/event.js';
import type { NamespaceMapping } from '../sync/namespace/mapping.js';
import type { Registration } from '../synctarget/registration.js';
import type { ClusterIdentity } from './cluster-identity.js';
import type { SyncerClients } from './clients.js';
import type { ConnectivityOptions } from './connectivity.js';
import type { SyncerOptions } from './options.js';

/** What a syncer needs to run, once it is registered. */
export interface RunningParts {
  readonly options: SyncerOptions;
  readonly clients: SyncerClients;
  readonly registration: Registration;
  readonly mapping: NamespaceMapping;
  /** As it was at first contact. */
  readonly cluster: ClusterIdentity;
  /** uid of the cluster that answered at the start. */
  readonly foundCluster: string;
  readonly expiresMs: ConnectivityOptions['expiresMs'];
  readonly counts: RollingCount;
  readonly logger: Logger;
  readonly recorder: Recorder;
  readonly events: EventSink;
  readonly clock: Clock;
  /** Something that the SyncTarget's conditions tell may have changed. */
  readonly onChange: () => void;
  readonly signal: AbortSignal;
}
