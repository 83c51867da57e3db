import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';

export const secretKey = 'kubeconfig';

/** On a Secret: its token is ours, and may be renewed. */
export const managedLabel = 'syncer.kcp.io/managed';

/** What a Secret's connection was made of in kcp, for whoever takes it back. */
export interface ConnectionRecord {
  readonly logicalCluster: string;
  readonly syncTarget: string;
  /** Logical cluster of the workspace that holds the account. */
  readonly identityCluster: string;
}

const keys = {
  logicalCluster: 'syncer.kcp.io/workspace',
  syncTarget: 'syncer.kcp.io/sync-target',
  identityCluster: 'syncer.kcp.io/identity-workspace',
} as const satisfies Readonly<Record<keyof ConnectionRecord, string>>;

/** The record of a Secret; undefined for one that `connect` did not make. */
export function recordIn({ metadata }: KubeObject): ConnectionRecord | undefined {
  const { labels = {}, annotations = {} } = metadata;
  const { logicalCluster, syncTarget, identityCluster } = keys;
  const [at, of, from] = [annotations[logicalCluster], annotations[syncTarget], annotations[identityCluster]];
  if (labels[managedLabel] !== 'true' || at === undefined || of === undefined || from === undefined) return undefined;
  return { logicalCluster: at, syncTarget: of, identityCluster: from };
}

/** The marks by which `recordIn` knows it again. */
export function marksOf(record: ConnectionRecord): Pick<KubeObject['metadata'], 'labels' | 'annotations'> {
  return {
    labels: { [managedLabel]: 'true' },
    annotations: {
      [keys.logicalCluster]: record.logicalCluster,
      [keys.syncTarget]: record.syncTarget,
      [keys.identityCluster]: record.identityCluster,
    },
  };
}
