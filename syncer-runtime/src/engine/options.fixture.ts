import type { SyncOptions } from './options.js';

/** Everything, under its own name, also into namespaces that were there before. */
export const syncAll: SyncOptions = {
  resources: { include: ['*'], exclude: [] },
  namespaces: { include: ['*'], exclude: [] },
  namespaceMapping: { strategy: 'Identity', useExisting: ['*'], template: { labels: {}, annotations: {} } },
  transformations: [],
};
