import type { SyncOptions } from './options.js';

/** Everything, under its own name, also into namespaces that were there before. */
export const syncAll: SyncOptions = {
  resources: { include: ['*'], exclude: [] },
  namespaces: { include: ['*'], exclude: [] },
  namespaceMapping: { strategy: 'Identity', useExisting: ['*'], template: { labels: {}, annotations: {} } },
  objectSelector: {},
  transformations: [],
  whenExists: 'Refuse',
  drift: 'Correct',
  deletionGuard: { maxObjects: 10, maxPercent: 30 },
  paused: false,
};
