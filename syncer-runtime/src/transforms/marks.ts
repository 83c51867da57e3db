import { asDownstream, type Downstream } from '../base/sides.js';
import type { Key } from '../object/key.js';
import { annotations, ownerLabel } from '../object/marks.js';
import type { KubeObject } from '../object/types.js';

/** What our labels and annotations on a downstream object say. */
export interface Marks {
  /** Of object/marks `ownerHash`. */
  readonly owner: string;
  /** Name of the SyncTarget. */
  readonly syncTarget: string;
  /** The workspace, as people know it. */
  readonly workspace: string;
  readonly upstreamKey: Key;
  readonly upstreamUid: string;
  /** The upstream generation; undefined for types that have none. */
  readonly generation: number | undefined;
  /** Of object/fingerprint `sentHash`. */
  readonly applied: string;
  /** RFC 3339, to the second: when `applied` last changed (S10). */
  readonly lastSync: string;
  /** The object was there before it became our copy (S3). */
  readonly adopted: boolean;
}

/** The desired object with our marks on it, whatever it carried under their names before. */
export function withMarks(desired: Downstream<KubeObject>, marks: Marks): Downstream<KubeObject> {
  const { labels, annotations: others, ...metadata } = desired.metadata;
  const ours = {
    [annotations.syncTarget]: marks.syncTarget,
    [annotations.workspace]: marks.workspace,
    [annotations.upstream]: marks.upstreamKey,
    [annotations.upstreamUid]: marks.upstreamUid,
    ...(marks.generation !== undefined && { [annotations.syncGeneration]: String(marks.generation) }),
    [annotations.applied]: marks.applied,
    [annotations.lastSync]: marks.lastSync,
    ...(marks.adopted && { [annotations.adopted]: 'true' }),
  };
  const marked = {
    ...metadata,
    name: desired.metadata.name,
    labels: { ...labels, [ownerLabel]: marks.owner },
    annotations: { ...others, ...ours },
  };
  return asDownstream<KubeObject>({ ...desired, metadata: marked });
}
