import { isRecord } from '../object/json.js';
import { withoutNulls } from './nulls.js';

/** How the generations of the two sides stand to each other at one downstream version. */
export interface Generations {
  /** `metadata.generation` of the downstream object. */
  readonly downstream: number | undefined;
  /** The upstream generation that is applied, from the `sync-generation` mark; undefined for types without one. */
  readonly applied: number | undefined;
  /** `status.observedGeneration` that upstream shows now. */
  readonly upstreamObserved: number | undefined;
}

/**
 * The downstream status as upstream is to show it (S18, S19): no nulls, and every `observedGeneration` said in
 * upstream's generations, so that who waits in kcp for a rollout neither sees it done too early nor waits for ever.
 * @throws TerminalError `ObjectTooDeep`.
 */
export function upstreamStatus(status: unknown, generations: Generations): unknown {
  const present = withoutNulls(status);
  const { applied } = generations;
  return applied === undefined ? present : translate(present, { ...generations, applied }, observedAtTop);
}

type Known = Generations & { readonly applied: number };
type Translation = (observed: number, known: Known) => number | undefined;

function translate(value: unknown, known: Known, observed: Translation): unknown {
  if (Array.isArray(value)) return value.map((item) => translate(item, known, observedBelow));
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).map(([key, field]) => {
    const isGeneration = key === 'observedGeneration' && Number.isInteger(field);
    return [key, isGeneration ? observed(field as number, known) : translate(field, known, observedBelow)] as const;
  });
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
}

/** Behind: what upstream shows is older still, or as old. */
const observedAtTop: Translation = (observed, known) =>
  isBehind(observed, known) ? known.upstreamObserved : caughtUp(observed, known);

const observedBelow: Translation = (observed, known) =>
  isBehind(observed, known) ? known.applied - 1 : caughtUp(observed, known);

function isBehind(observed: number, { downstream = 0 }: Known): boolean {
  return 0 < observed && observed < downstream;
}

/** Zero stays: nothing was observed yet. */
function caughtUp(observed: number, { downstream = 0, applied }: Known): number {
  return observed >= downstream ? applied : observed;
}
