import { namesVersion, type Pair } from '../../informer/pair.js';

export type DueBecause = 'nothing' | 'changed' | 'drifted';

/**
 * Whether the copy has to be written, and why (S9). Values are never compared with the live object: quantities,
 * defaults and webhooks make that lie. What counts is what we sent, and whether it is still all ours.
 */
export function writeDue(pair: Pair, now: { readonly sent: string; readonly isWhole: boolean }): DueBecause {
  const { up, down } = pair;
  if (!up || !down) return 'nothing';
  if (down.sent !== now.sent || !namesVersion(down, up)) return 'changed';
  return now.isWhole ? 'nothing' : 'drifted';
}
