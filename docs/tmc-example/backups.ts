/**
 * How another component uses the error taxonomy, health and metrics of the syncer: a job that copies ConfigMaps to a
 * backup. Run it with `node backups.js` after `tsc -p .`; it prints what it would log, its health and its metrics.
 */
import {
  createSyncerHealthProvider,
  createTmc,
  type ComponentHealth,
  type SyncerEngine,
  type SyncerSnapshot,
} from '@kcp-syncer/syncer-runtime';

const tmc = createTmc({
  component: 'backups',
  onError: ({ type, severity, message, objectName, retryable, recoveryHint }) => {
    console.log({ type, severity, message, objectName, retryable, recoveryHint });
  },
});

/** Any Kubernetes client will do: what counts is the `status` that its errors carry. */
async function saveConfigMap(name: string): Promise<void> {
  if (name === 'locked') throw Object.assign(new Error('configmaps "locked" is forbidden'), { status: 403 });
  await Promise.resolve();
}

/** Whether it was saved, or will be when it is tried again. */
async function backUp(name: string): Promise<boolean> {
  const started = performance.now();
  const record = (ok: boolean): void => {
    tmc.recordResourceSync('v1/ConfigMap', 'cluster-to-kcp', (performance.now() - started) / 1000, ok);
  };
  try {
    await saveConfigMap(name);
    record(true);
    return true;
  } catch (err) {
    record(false);
    const subject = { gvk: 'v1/ConfigMap', namespace: 'default', name };
    return tmc.handleError(err, { operation: 'save', subject }).retryable;
  }
}

function healthOfBackups(): ComponentHealth {
  const timestamp = new Date().toISOString();
  return { componentType: 'Job', componentID: 'backups', status: 'Degraded', message: '1 of 2 was saved', timestamp };
}

/** Stands for what `createSyncer` gives: any component that hosts a syncer has one. */
const notStarted: SyncerSnapshot = {
  engineStarted: false,
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
  selection: '',
};
const engine: SyncerEngine = { snapshot: () => notStarted };

tmc.registerHealthProvider({ componentType: 'Job', componentID: 'backups', health: healthOfBackups });
tmc.registerHealthProvider(createSyncerHealthProvider('my-cluster', engine));

for (const name of ['app-config', 'locked']) console.log(name, await backUp(name));
tmc.recordHeartbeat(true);
for (const { componentID, status, message } of await tmc.health()) console.log(componentID, status, message);
console.log(await tmc.registry.metrics());
