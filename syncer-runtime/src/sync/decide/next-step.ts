import { inStep, specInStep, statusInStep, type Pair, type StepRules } from '../../informer/pair.js';

/** What a deletion of a copy rests on (S24). */
export type DeletionGround =
  /** The upstream object has a deletionTimestamp. */
  | 'marked'
  /** The upstream object is not there. */
  | 'absent'
  /** Another object took the name, after we saw the former one go. */
  | 'replaced';

/** What to do next for a pair. */
export type Step =
  | { readonly do: 'nothing' }
  | { readonly do: 'wait'; readonly why: string }
  | { readonly do: 'create' }
  | { readonly do: 'apply' }
  | { readonly do: 'status' }
  | { readonly do: 'delete'; readonly ground: DeletionGround }
  /** The copy is going; nothing is ever applied to it (S12). */
  | { readonly do: 'awaitGone' }
  /** The upstream object is going and there is no copy left that we know of: take our finalizer off. */
  | { readonly do: 'release' }
  /** Neither is there, as far as we are told; the copy may only have lost our label. */
  | { readonly do: 'lookForCopy' };

export interface StepFacts extends StepRules {
  /** Every scope of the side was listed to the end: only then does absence there mean anything. */
  readonly upstreamComplete: boolean;
  readonly downstreamComplete: boolean;
  /** A new upstream object takes over the old one's copy instead of replacing it (S16). */
  readonly alwaysRelink: boolean;
}

const nothing: Step = { do: 'nothing' };

/** The four cases: which sides exist. Pure; reads memory alone. */
export function nextStep(pair: Pair, facts: StepFacts): Step {
  if (inStep(pair, facts)) return nothing;
  // Workspace or type go with the object: whatever the copy is doing, our finalizer may not keep them (S27).
  if (pair.up?.deleting && pair.incident !== undefined) return pair.up.held ? { do: 'release' } : nothing;
  if (pair.up && pair.down) return both(pair, facts);
  if (pair.up) return onlyUpstream(pair, facts);
  return pair.down ? onlyDownstream(pair, facts) : neither(pair);
}

function neither({ lost }: Pair): Step {
  return lost === undefined ? nothing : { do: 'lookForCopy' };
}

function onlyUpstream({ up }: Pair, facts: StepFacts): Step {
  if (up?.deleting) return up.held ? { do: 'release' } : nothing;
  if (!facts.downstreamComplete) return { do: 'wait', why: 'the first list of the cluster is not complete' };
  return { do: 'create' };
}

function onlyDownstream({ down }: Pair, facts: StepFacts): Step {
  if (!facts.upstreamComplete) return { do: 'wait', why: 'the first list of the workspace is not complete' };
  // Until all copies are known, nobody can tell how many have lost their upstream object (S26, S35).
  if (!facts.downstreamComplete) return { do: 'wait', why: 'the first list of the cluster is not complete' };
  return down?.deleting ? { do: 'awaitGone' } : { do: 'delete', ground: 'absent' };
}

function both(pair: Pair, facts: StepFacts): Step {
  if (pair.up?.deleting) return leaving(pair);
  if (pair.down?.deleting) return { do: 'awaitGone' };
  if (isReplaced(pair, facts)) return { do: 'delete', ground: 'replaced' };
  if (!specInStep(pair, facts)) return { do: 'apply' };
  return statusInStep(pair, facts) ? nothing : { do: 'status' };
}

/** The upstream object is going, and the copy is there. */
function leaving({ down }: Pair): Step {
  return down?.deleting ? { do: 'awaitGone' } : { do: 'delete', ground: 'marked' };
}

/** Whether the copy belongs to a predecessor that we saw go, of a type whose copies must not be inherited (S16). */
function isReplaced({ up, down, gone }: Pair, facts: StepFacts): boolean {
  return gone !== undefined && down?.upstreamUid === gone && up?.uid !== gone && !facts.alwaysRelink;
}
