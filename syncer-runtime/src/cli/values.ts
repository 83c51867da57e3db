import { homedir } from 'node:os';
import { join } from 'node:path';
import { goDuration, parseGoDuration } from './duration.js';
import { UsageError } from './usage-error.js';

/**
 * Reads the text of a flag. What it throws completes the sentence `--flag …`.
 * @throws UsageError
 */
export type Parse<T> = (text: string) => T;

interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function integer({ min, max }: Bounds): Parse<number> {
  return (text) => {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : NaN;
    return checked(value >= min && value <= max, value, `must be a whole number from ${min} to ${max}`);
  };
}

export function decimal({ min, max }: Bounds): Parse<number> {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    return checked(value >= min && value <= max, value, `must be a number from ${min} to ${max}`);
  };
}

/** Milliseconds of a Go duration within bounds, which are milliseconds too. */
export function duration({ min, max }: Bounds): Parse<number> {
  return (text) => {
    const value = parseGoDuration(text);
    return checked(value >= min && value <= max, value, `must be from ${goDuration(min)} to ${goDuration(max)}`);
  };
}

export function oneOf<const T extends string>(...choices: readonly T[]): Parse<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new UsageError(`must be one of ${choices.join(', ')}`);
    return found;
  };
}

/** Text of a form that `rule` names in words. */
export function matching(pattern: RegExp, rule: string): Parse<string> {
  return (text) => checked(pattern.test(text), text, `must be ${rule}`);
}

/** A comma-separated list; blanks around entries are ignored. Every entry matches `pattern`. */
export function listOf(pattern: RegExp, rule: string): Parse<readonly string[]> {
  return (text) => {
    const entries = text.split(',').map((entry) => entry.trim());
    return checked(
      entries.every((entry) => pattern.test(entry)),
      entries,
      `must list ${rule}, separated by commas`,
    );
  };
}

/** A path, with a leading `~` for the home directory: a shell leaves it alone in `--flag=~/file`. */
export function filePath(text: string): string {
  if (text === '~') return homedir();
  return text.startsWith('~/') ? join(homedir(), text.slice(2)) : text;
}

function checked<T>(good: boolean, value: T, rule: string): T {
  if (!good) throw new UsageError(rule);
  return value;
}
