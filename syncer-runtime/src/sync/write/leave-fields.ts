import type { Downstream } from '../../base/sides.js';
import type { Pair } from '../../informer/pair.js';
import { fieldsOf, isWithin, onlyFields, ownedOf, type FieldPath } from '../../object/ignored-fields.js';
import { ourEntry } from '../../object/owned-fields.js';
import type { KubeObject, ManagedFieldsEntry } from '../../object/types.js';
import type { TypeContext } from '../context.js';
import { getLiveDownstream } from '../payload.js';
import { applySpec } from './apply-spec.js';

/** Holds what we leave to the cluster, until somebody there writes it. */
const releasedManager = 'kcp-syncer-released';

/**
 * Hands fields of ours over before an apply that lacks them, which would else take them away: with the values that they
 * have, bound to the version that was looked at, they get another owner of ours. What it holds already it goes on
 * holding: a field that no other apply names would be taken away.
 */
export async function leaveFields(ctx: TypeContext, pair: Pair, paths: readonly FieldPath[]): Promise<void> {
  if (paths.length === 0) return;
  const live = await getLiveDownstream(ctx, pair.key);
  const owned = live ? ownedOf(paths, ourEntry(live)) : [];
  if (!live || owned.length === 0) return;
  await hold(ctx, pair, { live, paths: [...fieldsOf(releasedEntry(live)), ...owned] });
}

/**
 * Lets go, after our apply, of fields that are not left to the cluster any more: else what kcp takes away later would
 * stay. Returns the object as it is then.
 */
export async function takeBack(
  ctx: TypeContext,
  pair: Pair,
  { live, ignored }: { live: Downstream<KubeObject>; ignored: readonly FieldPath[] },
): Promise<Downstream<KubeObject>> {
  const held = fieldsOf(releasedEntry(live));
  const paths = held.filter((path) => isWithin(path, ignored));
  return paths.length === held.length ? live : await hold(ctx, pair, { live, paths });
}

async function hold(
  ctx: TypeContext,
  pair: Pair,
  { live, paths }: { live: Downstream<KubeObject>; paths: readonly FieldPath[] },
): Promise<Downstream<KubeObject>> {
  const { apiVersion, kind, metadata } = live;
  const { uid = '', resourceVersion = '', name, namespace } = metadata;
  const fields = { apiVersion, kind, metadata: { name, namespace }, ...onlyFields(live, paths) };
  const desired = fields as unknown as Downstream<KubeObject>;
  return await applySpec(ctx, pair, { desired, guard: { uid, resourceVersion }, manager: releasedManager });
}

function releasedEntry({ metadata }: KubeObject): ManagedFieldsEntry | undefined {
  return metadata.managedFields?.find(({ manager, operation }) => manager === releasedManager && operation === 'Apply');
}
