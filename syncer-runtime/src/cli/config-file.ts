import { readSyncSection } from '@kcp-syncer/crds/sync-section.js';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { SyncOptions } from '../engine/options.js';
import { isRecord } from '../object/json.js';
import { compileTransformations } from '../transforms/compile.js';
import { settingsSections } from './config-sections.js';
import type { FileValues } from './resolve-flags.js';
import { lineOf, readTextFile } from './text-file.js';
import { UsageError } from './usage-error.js';
import { filePath } from './values.js';

/** What a file of settings says. */
export interface ConfigFile {
  /** By flag; what is not there the file does not say. */
  readonly values: FileValues;
  readonly sync: SyncOptions;
}

/** What holds without a file. */
export function noConfigFile(): ConfigFile {
  return configOf('', {});
}

/**
 * Reads a file of settings. Its sections hold values under the names of the flags (`resyncPeriod` for
 * `--resync-period`), and `sync` holds fields of a SyncerDeployment's spec.
 * @throws UsageError with the first mistake in one line: file, path of the field, what is wrong.
 */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const document = parseDocument(await readTextFile('--config', path));
  const [mistake] = document.errors;
  if (mistake) throw new UsageError(`--config ${path}: is not valid YAML${lineOf(mistake.linePos)}`);
  return configOf(
    path,
    plainly(path, () => (document.toJS() as unknown) ?? {}),
  );
}

/** A document with more aliases than a person writes is refused by the parser. */
function plainly(path: string, read: () => unknown): unknown {
  try {
    return read();
  } catch {
    throw new UsageError(`--config ${path}: is not valid YAML: its aliases cannot be resolved`);
  }
}

function configOf(path: string, content: unknown): ConfigFile {
  if (!isRecord(content))
    throw new UsageError(`--config ${path}: holds no sections; write syncTarget:, sync: and so on`);
  const { sync, ...sections } = content;
  const values = Object.entries(sections).flatMap(([section, entries]) => sectionValues(path, section, entries));
  const judged = readSyncSection(forCommand(sync ?? {}));
  if (judged.mistakes) throw new UsageError(`${path}: ${judged.mistakes[0] ?? ''}`);
  const options = judged.sync as unknown as SyncOptions;
  assertCompiles(path, options);
  return { values: new Map(values), sync: options };
}

/** Some mistakes are only found by who makes them ready, such as a built-in type that no pattern can name. */
function assertCompiles(path: string, { transformations }: SyncOptions): void {
  try {
    compileTransformations(transformations);
  } catch (error) {
    throw new UsageError(`${path}: sync.transformations: ${(error as Error).message}`);
  }
}

/** Whoever runs the command brings the credential, and with it the say over the cluster's namespaces. */
function forCommand(sync: unknown): unknown {
  if (!isRecord(sync)) return sync;
  const { namespaceMapping = {} } = sync;
  return isRecord(namespaceMapping) ? { ...sync, namespaceMapping: { useExisting: ['*'], ...namespaceMapping } } : sync;
}

type Entry = readonly [string, { readonly name: string; readonly texts: readonly string[] }];

function sectionValues(path: string, section: string, entries: unknown): Entry[] {
  const known = settingsSections.get(section);
  if (!known) {
    const names = [...settingsSections.keys(), 'sync'].join(', ');
    throw new UsageError(`${path}: ${section} is not known; known are ${names}`);
  }
  if (entries === null) return [];
  if (!isRecord(entries)) throw new UsageError(`${path}: ${section} must be a section with ${known.join(', ')}`);
  return Object.entries(entries).map(([key, value]) => {
    const at = `${section}.${key}`;
    if (!known.includes(key)) throw new UsageError(`${path}: ${at} is not known; known are ${known.join(', ')}`);
    const text = textOf(`${path}: ${at}`, value);
    return [key, { name: `${path}: ${at}`, texts: [section === 'kubeconfig' ? besideFile(path, text) : text] }];
  });
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new UsageError(`${name} must be a single text or number`);
}

/** Files are found from where the file of settings is, as a kubeconfig finds its own. */
function besideFile(path: string, file: string): string {
  const expanded = filePath(file);
  return expanded === '' || isAbsolute(expanded) ? expanded : resolve(dirname(path), expanded);
}
