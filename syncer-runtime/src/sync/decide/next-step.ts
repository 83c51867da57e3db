import { inStep, specInStep, statusInStep, type Pair, type StepRules, type UpFacts } from '../../informer/pair.js';

/** What a deletion of a copy rests on (S24). */
export type DeletionGround =
  /** The upstream object has a deletionTimestamp. */
  | 'marked'
  /** The upstream object is not there. */
  | 'absent'
  /** Another object took the name, after we saw the former one go. */
  | 'replaced'
  /** The object itself says that it shall not be in this cluster (S32). */
  | 'optedOut'
  /** The configuration does not select the object any more (S32). */
  | 'leftOut';

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
  /** The upstream object is going, or not selected, and there is no copy left that we know of: take our finalizer off. */
  | { readonly do: 'release' }
  /** The upstream object is going, and nothing of ours keeps it. */
  | { readonly do: 'awaitOthers' }
  /** Neither is there, as far as we are told; the copy may only have lost our label. */
  | { readonly do: 'lookForCopy' };

export interface StepFacts extends StepRules {
  /** Every scope of the side was listed to the end: only then does absence there mean anything. */
  readonly upstreamComplete: boolean;
  readonly downstreamComplete: boolean;
  /** A new upstream object takes over the old one's copy instead of replacing it (S16). */
  readonly alwaysRelink: boolean;
  /** The whole syncer is paused (S33). */
  readonly paused: boolean;
}

const nothing: Step = { do: 'nothing' };

/** The four cases: which sides exist. Pure; reads memory alone. */
export function nextStep(pair: Pair, facts: StepFacts): Step {
  if (inStep(pair, facts)) return nothing;
  const { up, down } = pair;
  if (facts.paused) return whilePaused(pair);
  if (!up) return down ? onlyDownstream(pair, facts) : neither(pair);
  if (up.deleting) return leaving(up, pair);
  if (!up.selected) return unselected(up, pair, facts);
  return down ? both(pair, facts) : onlyUpstream(facts);
}

/** Nothing is written, but our finalizer may keep neither workspace nor type, whatever is paused (S27). */
function whilePaused({ up, incident }: Pair): Step {
  return up?.deleting && up.held && incident !== undefined ? { do: 'release' } : nothing;
}

function neither({ lost }: Pair): Step {
  return lost === undefined ? nothing : { do: 'lookForCopy' };
}

function onlyUpstream(facts: StepFacts): Step {
  if (!facts.downstreamComplete) return { do: 'wait', why: 'the first list of the cluster is not complete' };
  return { do: 'create' };
}

function onlyDownstream({ down }: Pair, facts: StepFacts): Step {
  return whenListed(facts) ?? (down?.deleting ? { do: 'awaitGone' } : { do: 'delete', ground: 'absent' });
}

/** Until both lists are complete nobody can tell what is absent, nor how many copies have to go (S26, S35). */
function whenListed(facts: StepFacts): Step | undefined {
  if (!facts.upstreamComplete) return { do: 'wait', why: 'the first list of the workspace is not complete' };
  if (!facts.downstreamComplete) return { do: 'wait', why: 'the first list of the cluster is not complete' };
  return undefined;
}

/** What is not selected any more goes, and our finalizer last. */
function unselected(up: UpFacts, pair: Pair, facts: StepFacts): Step {
  const { down } = pair;
  const early = up.optedOut ? undefined : whenListed(facts);
  if (early) return early;
  if (!down) return up.held ? { do: 'release' } : neither(pair);
  return down.deleting ? { do: 'awaitGone' } : { do: 'delete', ground: up.optedOut ? 'optedOut' : 'leftOut' };
}

function both(pair: Pair, facts: StepFacts): Step {
  if (pair.down?.deleting) return { do: 'awaitGone' };
  if (isReplaced(pair, facts)) return { do: 'delete', ground: 'replaced' };
  if (!specInStep(pair, facts)) return { do: 'apply' };
  return statusInStep(pair, facts) ? nothing : { do: 'status' };
}

/** The upstream object is going. */
function leaving(up: UpFacts, { down, incident }: Pair): Step {
  // Workspace or type go with the object: whatever the copy is doing, our finalizer may not keep them (S27).
  if (incident !== undefined) return up.held ? { do: 'release' } : nothing;
  if (!down) return { do: up.held ? 'release' : 'awaitOthers' };
  return down.deleting ? { do: 'awaitGone' } : { do: 'delete', ground: 'marked' };
}

/** Whether the copy belongs to a predecessor that we saw go, of a type whose copies must not be inherited (S16). */
function isReplaced({ up, down, gone }: Pair, facts: StepFacts): boolean {
  return gone !== undefined && down?.upstreamUid === gone && up?.uid !== gone && !facts.alwaysRelink;
}
