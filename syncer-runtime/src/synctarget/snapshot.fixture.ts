import type { ResourceSnapshot, SyncerSnapshot } from '../observe/snapshot.js';

/** A syncer at work with nothing to complain of. */
export function aSnapshot(fields: Partial<SyncerSnapshot> = {}): SyncerSnapshot {
  return {
    engineStarted: true,
    connectivity: {
      upstream: { connected: true, sinceMs: 0, message: '' },
      downstream: { connected: true, sinceMs: 0, message: '' },
    },
    resources: [],
    blocked: [],
    problems: [],
    syncCount: 0,
    errorCount: 0,
    recent: { passes: 0, errors: 0 },
    backlog: 0,
    selection: 'all types that both sides serve',
    ...fields,
  };
}

export function aResource(fields: Partial<ResourceSnapshot> = {}): ResourceSnapshot {
  return {
    group: 'apps',
    resource: 'deployments',
    version: 'v1',
    identity: '',
    state: 'Synced',
    synced: 0,
    pending: 0,
    failed: 0,
    message: '',
    required: false,
    ...fields,
  };
}
