import { asDownstream, type Downstream, type Upstream } from '../base/sides.js';
import { contentHash, statusHash } from '../object/fingerprint.js';
import { flat } from '../object/key.js';
import { annotations, isSyncerKey, ownerLabel } from '../object/marks.js';
import { ourEntry, ownsHash } from '../object/owned-fields.js';
import type { KubeObject } from '../object/types.js';
import { wishesOf } from '../object/wishes.js';
import type { DownFacts, UpFacts } from './pair.js';

/** What makes an object ours, or one that we sync. */
export interface FactRules {
  readonly owner: string;
  readonly syncTarget: string;
  readonly workspace: string;
  readonly finalizer: string;
  /** What the configuration says; the object's own annotations may narrow it. */
  isSelected(object: KubeObject): boolean;
}

/** Reads the facts of an upstream object. */
export function upFactsOf(object: Upstream<KubeObject>, rules: FactRules): UpFacts {
  const { metadata } = object;
  const finalizers = metadata.finalizers ?? [];
  const { paused, optedOut, writesStatus } = wishesOf(metadata, rules.syncTarget);
  const syncers = finalizers.filter(isSyncerKey).sort();
  return {
    uid: flat(metadata.uid ?? ''),
    rv: flat(metadata.resourceVersion ?? ''),
    generation: metadata.generation ?? 0,
    deleting: metadata.deletionTimestamp !== undefined,
    orphan: finalizers.includes('orphan'),
    held: finalizers.includes(rules.finalizer),
    writer: writesStatus ?? (syncers.length === 0 || syncers[0] === rules.finalizer),
    selected: !optedOut && rules.isSelected(object),
    optedOut,
    paused,
    content: contentHash(object),
    status: statusHash(object['status']),
    shownGeneration: observedGenerationOf(object),
  };
}

/** Reads the facts of a downstream object of ours. */
export function downFactsOf(object: Downstream<KubeObject>): DownFacts {
  const { metadata } = object;
  const marks = metadata.annotations ?? {};
  return {
    uid: flat(metadata.uid ?? ''),
    rv: flat(metadata.resourceVersion ?? ''),
    generation: metadata.generation ?? 0,
    deleting: metadata.deletionTimestamp !== undefined,
    upstreamUid: flat(marks[annotations.upstreamUid] ?? ''),
    sent: flat(marks[annotations.applied] ?? ''),
    lastSync: flat(marks[annotations.lastSync] ?? ''),
    adopted: marks[annotations.adopted] === 'true',
    seenGeneration: Number(marks[annotations.syncGeneration] ?? 0),
    owns: ownsHash(ourEntry(object)),
    status: statusHash(object['status']),
  };
}

/**
 * Whether the object is the copy of exactly this upstream object, by this syncer (S2): its marks say so, and it was
 * applied by us. Operators hand the marks of their objects on to children of the same name; those lack our Apply entry.
 */
export function isCopyOf(object: KubeObject, key: string, rules: FactRules): boolean {
  return hasOurMarks(object, key, rules) && ourEntry(asDownstream(object)) !== undefined;
}

/**
 * Whether the object's marks name exactly this upstream object and this syncer. An object with a controller owner is
 * never meant: Deployments hand their annotations to their ReplicaSets.
 */
export function hasOurMarks(object: KubeObject, key: string, rules: FactRules): boolean {
  const { labels, annotations: marks, ownerReferences } = object.metadata;
  return (
    labels?.[ownerLabel] === rules.owner &&
    marks?.[annotations.syncTarget] === rules.syncTarget &&
    marks[annotations.workspace] === rules.workspace &&
    marks[annotations.upstream] === key &&
    !(ownerReferences ?? []).some((reference) => reference.controller === true)
  );
}

function observedGenerationOf(object: KubeObject): number | undefined {
  const status = object['status'] as { observedGeneration?: unknown } | null | undefined;
  return typeof status?.observedGeneration === 'number' ? status.observedGeneration : undefined;
}
