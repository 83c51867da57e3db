import { apiVersionOf } from '../object/types.js';
import { splitKey, type Key } from '../object/key.js';
import { reasons } from '../object/reasons.js';
import { eventReasons, type UpstreamEvent } from '../sync/events/event.js';
import type { TypeContext } from '../sync/context.js';
import type { SyncResult } from '../sync/result.js';
import type { KeyStates } from './key-states.js';

interface Parts {
  readonly ctx: TypeContext;
  readonly states: KeyStates;
}

/** Tells in the workspace that the object came to be in step: with its first copy, and after trouble that was told. */
export function tellResult({ ctx, states }: Parts, key: Key, result: SyncResult): void {
  if (result.operation === 'create') tell(ctx, key, synced(`A copy was made in the cluster: ${copyName(ctx, key)}.`));
  else if (states.get(key)?.told !== undefined && result.outcome.kind === 'done' && result.operation !== 'wait')
    tell(ctx, key, synced('The copy in the cluster is in step again.'));
  const by = result.transformedBy ?? [];
  if (by.length > 0)
    tell(ctx, key, {
      type: 'Normal',
      reason: eventReasons.Transformed,
      message: `The copy in the cluster is changed by ${by.map((name) => `"${name}"`).join(', ')}.`,
    });
}

/** Tells what keeps the object from being in step, once for each reason, as soon as it is more than a moment's trouble. */
export function tellTrouble({ ctx, states }: Parts, key: Key): void {
  const state = states.get(key);
  if (!state || state.told === state.reason) return;
  const isBlocked = state.reason === reasons.DeletionBlocked;
  if (!isBlocked && !state.failed) return;
  const keepsReason = isBlocked || state.reason.startsWith('Conflict');
  states.markTold(key);
  tell(ctx, key, {
    type: 'Warning',
    reason: keepsReason ? state.reason : eventReasons.SyncFailed,
    message: keepsReason ? state.message : `${state.reason}: ${state.message}`,
  });
}

function synced(message: string): Omit<UpstreamEvent, 'subject'> {
  return { type: 'Normal', reason: eventReasons.Synced, message };
}

function copyName(ctx: TypeContext, key: Key): string {
  const { namespace, name } = splitKey(key);
  return `${ctx.mapping.toDownstream(namespace)}/${name}`;
}

/** An object that is not there in the workspace has no Events. */
function tell(ctx: TypeContext, key: Key, event: Omit<UpstreamEvent, 'subject'>): void {
  const uid = ctx.store.get(key)?.up?.uid;
  if (uid === undefined) return;
  ctx.events.record({
    ...event,
    subject: { apiVersion: apiVersionOf(ctx.type), kind: ctx.type.kind, ...splitKey(key), uid },
  });
}
