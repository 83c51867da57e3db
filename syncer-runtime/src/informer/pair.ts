import type { Key } from '../object/key.js';

/** What is remembered of the upstream object. Written by the upstream reflector, and by replies to our writes. */
export interface UpFacts {
  readonly uid: string;
  readonly rv: string;
  /** 0 for types that have none. */
  readonly generation: number;
  readonly deleting: boolean;
  /** The object carries the finalizer `orphan`: its dependents are to stay. */
  readonly orphan: boolean;
  /** Our finalizer is on it. */
  readonly held: boolean;
  /** We write status: ours is the first of the syncers' finalizers, or of the SyncTargets that the object names (S20). */
  readonly writer: boolean;
  readonly selected: boolean;
  /** Not selected, by its own annotations: its user asked for it, object by object (S32). */
  readonly optedOut: boolean;
  /** Its user froze it (S33). */
  readonly paused: boolean;
  /** Hash of the object without status and server metadata. */
  readonly content: string;
  readonly status: string;
  /** `status.observedGeneration` as upstream shows it now. */
  readonly shownGeneration: number | undefined;
}

/** What is remembered of the downstream object, which is ours (S2). Written by the downstream reflector, and by replies to our writes. */
export interface DownFacts {
  readonly uid: string;
  readonly rv: string;
  readonly generation: number;
  readonly deleting: boolean;
  readonly upstreamUid: string;
  /** The `applied` annotation. */
  readonly sent: string;
  readonly lastSync: string;
  /** The `sync-generation` annotation; 0 when missing. */
  readonly seenGeneration: number;
  /** The `adopted` annotation: the object was there before it became our copy. */
  readonly adopted: boolean;
  /** Hash of our Apply entry in managedFields; '' when there is none. */
  readonly owns: string;
  readonly status: string;
}

/** What our last writes left behind, learnt from their replies. Written by sync/write alone. */
export interface WroteFacts {
  readonly downUid: string;
  /** `content` of the upstream object that is applied. */
  readonly content: string;
  /** Version of the options that it was applied under. */
  readonly epoch: number;
  readonly owns: string;
  /** `statusIn` of the downstream object whose status was carried up; '' when none was. */
  readonly statusIn: string;
  /** Hash of the upstream status after that. */
  readonly statusOut: string;
}

/**
 * What a write tells about events. Events of an object come in the order of its versions: while the version that our
 * write made has not come, each one that comes is older than it.
 */
export interface Echo {
  /** While a request is on its way: the versions known by then and come since, and whether a list or an end came too. */
  write?: { readonly seen: string[]; overtaken: boolean } | undefined;
  /** The version that our last write made, until it comes. */
  expect?: string | undefined;
  /** The version that was waited for already at the last resync. */
  aged?: string | undefined;
}

/** One upstream object and its copy; either may be absent. At most 1 KB. */
export interface Pair {
  readonly key: Key;
  up?: UpFacts | undefined;
  down?: DownFacts | undefined;
  wrote?: WroteFacts | undefined;
  readonly upEcho: Echo;
  readonly downEcho: Echo;
  /** Order of the last news of each side: a list that started earlier cannot say that the object is absent. */
  upSeq: number;
  downSeq: number;
  /** Absence upstream is not believed: an incident made it, or nobody knows what did (S26). */
  incident?: string | undefined;
  /** uid of an upstream object of this name that was *seen* to go (S16). */
  gone?: string | undefined;
  /** The upstream object vanished between two lists, not before our eyes: its removal is inferred (S26). */
  inferred?: boolean | undefined;
  /** Why the copy's deletion waits for evidence or for a human: reason constant and sentence (S24, S26). */
  held?: { readonly reason: string; readonly why: string } | undefined;
  /** uid of a copy that left the watch's selection, by its end or by losing our label: a look has to tell which. */
  lost?: string | undefined;
  /** Since when we know that the copy is going, monotonic ms. */
  goingSince?: number | undefined;
  /** Since when only others keep the upstream object from going, monotonic ms. */
  othersSince?: number | undefined;
  /** When news of a side was seen that the other side does not have yet, monotonic ms: the oldest. */
  upSeenAt?: number | undefined;
  downSeenAt?: number | undefined;
  /** A reconcile of it is under way: it is not forgotten meanwhile. */
  busy?: boolean | undefined;
  /** Repairs in a row without a quiet minute between, and when the last was (monotonic ms). */
  repairs?: number | undefined;
  repairedAt?: number | undefined;
}

/**
 * A pair of which nothing is known. Each field is there from the beginning, and is never deleted: an object whose fields
 * come and go is kept by the engine in a form that takes four times as much memory.
 */
export function newPair(key: Key): Pair {
  return {
    key,
    up: undefined,
    down: undefined,
    wrote: undefined,
    upEcho: newEcho(),
    downEcho: newEcho(),
    upSeq: 0,
    downSeq: 0,
    incident: undefined,
    gone: undefined,
    inferred: undefined,
    held: undefined,
    lost: undefined,
    goingSince: undefined,
    othersSince: undefined,
    upSeenAt: undefined,
    downSeenAt: undefined,
    busy: undefined,
    repairs: undefined,
    repairedAt: undefined,
  };
}

function newEcho(): Echo {
  return { write: undefined, expect: undefined, aged: undefined };
}

/**
 * Whether the copy was made of a later generation of the very same upstream object than the one that is there, before
 * this run wrote it: then kcp is older than it was (S26).
 */
export function isFromTheFuture({ up, down, wrote, busy }: Pair): boolean {
  if (!up || !down || wrote || busy === true || up.generation === 0) return false;
  return down.upstreamUid === up.uid && down.seenGeneration > up.generation;
}

/** The part of the downstream object that the upstream status is made from: changes when that status has to. */
export function statusIn(down: DownFacts): string {
  return `${down.status}|${String(down.generation)}|${String(down.seenGeneration)}`;
}

/** What a type needs to be in step. */
export interface StepRules {
  /** It has a status subresource: status goes up, and the upstream object carries our finalizer. */
  readonly hasStatus: boolean;
  /** Version of the options: what was applied under an older one is looked at again. */
  readonly epoch: number;
}

/**
 * Whether nothing is left to do for the pair, judged from memory alone: a resync is this test over all pairs, and costs
 * no request. Values are never compared across servers (S9).
 */
export function inStep(pair: Pair, rules: StepRules): boolean {
  const { up, down } = pair;
  if (!up) return down ? pair.incident !== undefined : pair.lost === undefined;
  if (isFrozen(up)) return true;
  if (!up.selected) return isLetGo(pair);
  if (up.deleting || down?.deleting !== false) return false;
  return specInStep(pair, rules) && statusInStep(pair, rules);
}

/** Whether nothing of ours is left of an object that is not selected, as far as we are told. */
function isLetGo({ up, down, lost }: Pair): boolean {
  return !down && up?.held !== true && lost === undefined;
}

/** Whether its user paused the object: its deletion ends that (S33). */
export function isFrozen(up: UpFacts): boolean {
  return up.paused && !up.deleting;
}

/** Whether the object is not to have a copy any more, so that our finalizer has to come off. */
export function isLeaving({ up }: Pair): boolean {
  return up !== undefined && (up.deleting || !up.selected);
}

/** Whether the object is there to be synced: selected, not frozen, and not on its way out. */
export function isWanted(up: UpFacts): boolean {
  return up.selected && !up.paused && !up.deleting;
}

/** Whether what is applied is what upstream says, whole, under the present options. */
export function specInStep(pair: Pair, rules: StepRules): boolean {
  const { up, down, wrote } = pair;
  if (!up || !down || !wrote || (rules.hasStatus && !up.held)) return false;
  const isApplied = wrote.content === up.content && wrote.epoch === rules.epoch;
  return isApplied && isWhole(wrote, down) && namesVersion(down, up);
}

/** Nobody took a field of ours since our last write, and it is the same object. */
function isWhole(wrote: WroteFacts, down: DownFacts): boolean {
  return wrote.downUid === down.uid && wrote.owns === down.owns;
}

/** Whether the copy's marks name the upstream object as it is. Types without generation carry none. */
export function namesVersion(down: DownFacts, up: UpFacts): boolean {
  return down.upstreamUid === up.uid && (up.generation === 0 || down.seenGeneration === up.generation);
}

/** Whether the upstream status is what the downstream status makes of it, as far as it is ours to write. */
export function statusInStep(pair: Pair, rules: StepRules): boolean {
  const { up, down, wrote } = pair;
  if (!rules.hasStatus || up?.writer === false) return true;
  return up !== undefined && down !== undefined && wrote?.statusIn === statusIn(down) && wrote.statusOut === up.status;
}
