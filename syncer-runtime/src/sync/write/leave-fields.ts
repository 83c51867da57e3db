import type { Downstream } from '../../base/sides.js';
import type { Pair } from '../../informer/pair.js';
import { onlyFields, ownedOf, type FieldPath } from '../../object/ignored-fields.js';
import { ourEntry } from '../../object/owned-fields.js';
import type { KubeObject } from '../../object/types.js';
import type { TypeContext } from '../context.js';
import { getLiveDownstream } from '../payload.js';
import { applySpec } from './apply-spec.js';

/** Holds what we leave to the cluster, until somebody there writes it. */
const releasedManager = 'kcp-syncer-released';

/**
 * Hands fields of ours over before an apply that lacks them, which would else take them away: with the values that they
 * have, bound to the version that was looked at, they get another owner of ours that never applies again.
 */
export async function leaveFields(ctx: TypeContext, pair: Pair, paths: readonly FieldPath[]): Promise<void> {
  if (paths.length === 0) return;
  const live = await getLiveDownstream(ctx, pair.key);
  const owned = live ? ownedOf(paths, ourEntry(live)) : [];
  if (!live || owned.length === 0) return;
  const { apiVersion, kind, metadata } = live;
  const { uid = '', resourceVersion = '', name, namespace } = metadata;
  const fields = { apiVersion, kind, metadata: { name, namespace }, ...onlyFields(live, owned) };
  const desired = fields as unknown as Downstream<KubeObject>;
  await applySpec(ctx, pair, { desired, guard: { uid, resourceVersion }, manager: releasedManager });
}
