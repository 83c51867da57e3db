import type { DownFacts, Pair, UpFacts, WroteFacts } from './pair.js';

export const upFacts: UpFacts = {
  uid: 'up-1',
  rv: '10',
  generation: 2,
  deleting: false,
  orphan: false,
  held: true,
  writer: true,
  selected: true,
  optedOut: false,
  paused: false,
  content: 'content',
  status: 'status-out',
  shownGeneration: 2,
};

export const downFacts: DownFacts = {
  uid: 'down-1',
  rv: '20',
  generation: 5,
  deleting: false,
  upstreamUid: 'up-1',
  sent: 'v1:sent',
  lastSync: '2026-01-01T00:00:00Z',
  seenGeneration: 2,
  adopted: false,
  owns: 'owns',
  status: 'status-in',
};

export const wroteFacts: WroteFacts = {
  downUid: 'down-1',
  content: 'content',
  epoch: 1,
  owns: 'owns',
  statusIn: 'status-in|5|2',
  statusOut: 'status-out',
};

/** A pair in step, but for what is said here. */
export function pairOf(changes: {
  readonly up?: Partial<UpFacts> | 'none';
  readonly down?: Partial<DownFacts> | 'none';
  readonly wrote?: Partial<WroteFacts> | 'none';
  readonly pair?: Partial<Pair>;
}): Pair {
  const { up, down, wrote, pair } = changes;
  return {
    key: 'default/web',
    upSeq: 1,
    downSeq: 1,
    upEcho: {},
    downEcho: {},
    ...(up !== 'none' && { up: { ...upFacts, ...up } }),
    ...(down !== 'none' && { down: { ...downFacts, ...down } }),
    ...(wrote !== 'none' && { wrote: { ...wroteFacts, ...wrote } }),
    ...pair,
  };
}
