/** One metric: its name, what it tells, and its labels besides those that say whose it is. */
export interface MetricSpec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

const spec = (name: string, help: string, ...labels: string[]): MetricSpec => ({ name, help, labels });

/** All metrics of one syncer; dashboards and alerts match on the names. No label ever holds an object's name. */
export const metricSpecs = {
  resourcesSynced: spec(
    'syncer_resources_synced_total',
    'Writes that carried an object from one side to the other.',
    'gvk',
    'direction',
  ),
  syncDuration: spec(
    'syncer_sync_duration_seconds',
    'Seconds from taking up an object to having it in step, or giving up for now.',
    'operation',
  ),
  syncLatency: spec(
    'syncer_sync_latency_seconds',
    'Seconds from seeing a change on one side to having written it on the other.',
    'direction',
  ),
  syncErrors: spec('syncer_sync_errors_total', 'Failures, by TMC error type.', 'error_type'),
  backlogSize: spec('syncer_sync_backlog_size', 'Objects that wait for a worker.', 'gvk'),
  oldestUnsynced: spec(
    'syncer_oldest_unsynced_seconds',
    'How long ago the oldest change was seen that is not on the other side yet; 0 when there is none.',
  ),
  objects: spec('syncer_objects', 'Objects by state: synced, pending or failed.', 'gvk', 'state'),
  writes: spec('syncer_writes_total', 'Writes of synced objects.', 'side', 'verb', 'gvk', 'result'),
  conflicts: spec('syncer_conflicts_total', 'Writes that another writer overtook; they are tried again at once.'),
  driftCorrected: spec(
    'syncer_drift_corrected_total',
    'Copies that were changed or deleted in the cluster and put right.',
  ),
  deletionsHeld: spec('syncer_deletions_held', 'Deletions that are held back.'),
  watchRestarts: spec(
    'syncer_watch_restarts_total',
    'Lists and watches that failed and were begun anew, by TMC error type.',
    'side',
    'gvk',
    'reason',
  ),
  heartbeats: spec('syncer_heartbeat_total', 'Heartbeats that were written to the SyncTarget.'),
  heartbeatErrors: spec('syncer_heartbeat_errors_total', 'Heartbeats that could not be written.'),
  connectionStatus: spec('syncer_connection_status', '1 while the side answers, otherwise 0.', 'target'),
  resourceControllers: spec('syncer_resource_controllers', 'Types that are kept in step.'),
  uptime: spec('syncer_uptime_seconds', 'Seconds since the start.'),
  buildInfo: spec('syncer_build_info', 'Always 1; the version is a label.', 'version'),
  reconciles: spec(
    'controller_runtime_reconcile_total',
    'Reconciles by result: success, requeue_after or error.',
    'controller',
    'result',
  ),
  reconcileErrors: spec('controller_runtime_reconcile_errors_total', 'Reconciles that failed.', 'controller'),
  reconcileTime: spec('controller_runtime_reconcile_time_seconds', 'Seconds that a reconcile took.', 'controller'),
  queueDepth: spec('workqueue_depth', 'Keys that wait for a worker.', 'name'),
  queueAdds: spec('workqueue_adds_total', 'Keys that were added to a queue.', 'name'),
  queueRetries: spec('workqueue_retries_total', 'Keys that were added to be tried again.', 'name'),
  queueWait: spec('workqueue_queue_duration_seconds', 'Seconds that a key waited for a worker.', 'name'),
  requests: spec(
    'rest_client_requests_total',
    'HTTP requests by status code, or why none came, method and server.',
    'code',
    'method',
    'host',
  ),
} as const satisfies Record<string, MetricSpec>;
