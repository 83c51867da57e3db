import { durationMs } from './duration.js';

/** A SyncerDeployment's spec as far as the rules of its connection read it. */
export interface ConnectionFields {
  readonly syncTarget?: { readonly labels?: Readonly<Record<string, string>> };
  readonly resyncPeriod?: string;
  readonly heartbeatPeriod?: string;
}

/** The CEL rules of the fields that say how often: one sentence for each that is broken. */
export function connectionRules({ resyncPeriod, heartbeatPeriod }: ConnectionFields): string[] {
  return [
    ...within('resyncPeriod', resyncPeriod, { maxMs: 24 * 3.6e6, words: 'is from 1s to 24h' }),
    ...within('heartbeatPeriod', heartbeatPeriod, { maxMs: 5 * 6e4, words: 'is from 1s to 5m' }),
  ];
}

function within(field: string, text: string | undefined, { maxMs, words }: { maxMs: number; words: string }): string[] {
  if (text === undefined) return [];
  const ms = durationMs(text);
  return ms >= 1e3 && ms <= maxMs ? [] : [`${field} ${words}`];
}
