import type { Pair } from '../../informer/pair.js';

export type DueBecause = 'nothing' | 'changed' | 'drifted';

export interface Desired {
  /** `applied` as it would be written now. */
  readonly sent: string;
  /** Whether our Apply entry, as a former run left it, still owns every leaf of what would be written. */
  isWhole(): boolean;
}

/**
 * Whether the copy has to be written, and why (S9). Values are never compared with the live object: quantities,
 * defaults and webhooks make that lie. What counts is what we sent, and whether it is still all ours.
 */
export function writeDue(pair: Pair, desired: Desired): DueBecause {
  const { up, down, wrote } = pair;
  if (!up || !down) return 'nothing';
  if (down.sent !== desired.sent || down.upstreamUid !== up.uid || down.seenGeneration !== up.generation)
    return 'changed';
  const whole = wrote?.downUid === down.uid ? wrote.owns === down.owns : desired.isWhole();
  return whole ? 'nothing' : 'drifted';
}
