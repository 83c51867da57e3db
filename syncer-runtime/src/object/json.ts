import { TerminalError } from '../base/outcome.js';
import { reasons } from './reasons.js';

/** A JSON object: copied by spread or `fromEntries`, so that a key named `__proto__` stays plain data. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * A number that a double cannot hold, as its server wrote it. Only object/parse makes and writes these. It refuses
 * `JSON.stringify`, which would round it or put it in quotes: write with `stringifyJson`.
 */
export class ExactNumber {
  constructor(readonly text: string) {}

  toJSON(): never {
    throw new ExactNumberMet();
  }
}

/** What an `ExactNumber` answers to `JSON.stringify`. */
export class ExactNumberMet extends Error {
  constructor() {
    super('a number of many digits must be written with stringifyJson');
  }
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Levels of nesting that an object may have: far above any real one, far below what overflows the call stack. */
export const maxDepth = 1_000;

/** The error of an object nested deeper than `maxDepth`, which no walk of ours can take. */
export function tooDeep(): TerminalError {
  return new TerminalError(reasons.ObjectTooDeep, `The object is nested more than ${maxDepth} levels deep.`);
}

/** A copy without these fields. */
export function omit(record: JsonRecord, keys: readonly string[]): JsonRecord {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}
