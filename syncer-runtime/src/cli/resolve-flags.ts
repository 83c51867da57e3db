import { flagName, type Flag } from './flags.js';
import { UsageError } from './usage-error.js';

type Table = Readonly<Record<string, Flag<unknown>>>;

/** The values of a table's flags: those that are neither required nor have a default may be missing. */
export type Settings<T extends Table> = {
  readonly [K in keyof T]:
    | ReturnType<T[K]['parse']>
    | (T[K] extends { readonly required: true } | { readonly default: string } ? never : undefined);
};

/** What was typed, by flag, in order; absent for flags that were not given. */
export type Given = Readonly<Record<string, readonly string[] | undefined>>;

/** What a file of settings says, by flag, with what a message calls each. */
export type FileValues = ReadonlyMap<string, Source>;

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Sources {
  readonly given: Given;
  readonly env: Environment;
  readonly file?: FileValues;
}

/**
 * Values of all flags: flag beats environment beats file beats default.
 * @throws UsageError for all missing required flags in one line, or for the first value that is wrong.
 */
export function resolveFlags<T extends Table>(table: T, from: Sources): Settings<T> {
  const sources = Object.entries(table).map(([key, flag]) => ({
    key,
    flag,
    source: sourceOf(key, flag, from),
  }));
  const missing = sources.filter(({ flag, source }) => flag.required === true && source === undefined);
  if (missing.length > 0) throw new UsageError(missingMessage(missing.map(({ key }) => flagName(key))));
  const values = sources.map(({ key, flag, source }) => [key, source && valueOf(flag, source)] as const);
  return Object.fromEntries(values) as Settings<T>;
}

function missingMessage(names: readonly string[]): string {
  return `missing required ${names.length === 1 ? 'flag' : 'flags'} ${names.join(', ')}; see workload-syncer --help`;
}

export interface Source {
  /** What a message calls it: the flag, the environment variable, or the place in a file. */
  readonly name: string;
  readonly texts: readonly string[];
}

function sourceOf(key: string, flag: Flag<unknown>, from: Sources): Source | undefined {
  const name = flagName(key);
  const typed = from.given[key];
  if (typed !== undefined) return { name, texts: typed };
  const variable = flag.env === undefined ? undefined : from.env[flag.env];
  if (flag.env !== undefined && variable !== undefined && variable !== '') return { name: flag.env, texts: [variable] };
  const written = from.file?.get(key);
  if (written) return written;
  return flag.default === undefined ? undefined : { name, texts: [flag.default] };
}

function valueOf(flag: Flag<unknown>, { name, texts }: Source): unknown {
  const used = flag.repeatable === true ? texts : texts.slice(-1);
  const values = used.map((text) => parsed(flag, name, text));
  return flag.repeatable === true ? values.flat() : values[0];
}

function parsed(flag: Flag<unknown>, name: string, text: string): unknown {
  if (text === '') throw new UsageError(`${name} is empty: the command that was to fill it in may have failed`);
  try {
    return flag.parse(text);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${name} ${error.message}, not "${text}"`);
    throw error;
  }
}
