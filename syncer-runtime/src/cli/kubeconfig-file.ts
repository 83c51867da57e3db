import { dirname, isAbsolute, resolve } from 'node:path';
import { isMap, isScalar, isSeq, parse, parseDocument, Scalar, type Document, type YAMLMap } from 'yaml';
import { KubeconfigError, kubeconfigContext } from '../kube/kubeconfig.js';
import { lineOf, readTextFile } from './text-file.js';
import { UsageError } from './usage-error.js';

/**
 * The text of a kubeconfig file, in which files that it names by relative path are absolute, as kubectl reads them.
 * @param flag what the message names, `--kcp-kubeconfig`.
 * @param context that is there in the place of a current one.
 * @throws UsageError in one line that never quotes what the file holds, but for names of contexts.
 */
export async function readKubeconfig(flag: string, path: string, context?: string): Promise<string> {
  const text = await readAbsolute(flag, path);
  assertContext(`${flag} ${path}`, text, context);
  return text;
}

/**
 * The text of several kubeconfig files as one, as kubectl reads the list in KUBECONFIG: of entries with one name the
 * first counts, and the first current-context.
 * @throws UsageError as readKubeconfig.
 */
export async function readKubeconfigs(flag: string, paths: readonly string[], context?: string): Promise<string> {
  const files = await Promise.all(paths.map(async (path) => await readAbsolute(flag, path)));
  const documents = files.map(
    (text) => (parse(text, { logLevel: 'error' }) ?? {}) as Readonly<Record<string, unknown>>,
  );
  const all = (list: string): unknown[] =>
    documents.flatMap((document) => (Array.isArray(document[list]) ? (document[list] as unknown[]) : []));
  const current = documents.map((document) => document['current-context']).find((name) => (name ?? '') !== '');
  const text = JSON.stringify({
    clusters: all('clusters'),
    users: all('users'),
    contexts: all('contexts'),
    ...(current !== undefined && { 'current-context': current }),
  });
  assertContext(`${flag} ${paths.join(', ')}`, text, context);
  return text;
}

async function readAbsolute(flag: string, path: string): Promise<string> {
  const text = await readTextFile(flag, path);
  const document = parseDocument(text);
  const [mistake] = document.errors;
  if (mistake) throw new UsageError(`${flag} ${path}: is not valid YAML${lineOf(mistake.linePos)}`);
  return withAbsolutePaths(text, document, dirname(resolve(path)));
}

function assertContext(where: string, text: string, context: string | undefined): void {
  try {
    kubeconfigContext(text, context);
  } catch (error) {
    if (error instanceof KubeconfigError) throw new UsageError(`${where}: ${error.message}`);
    throw error;
  }
}

/** Writes only over the scalars that are relative paths: a second writing of the rest could read differently. */
function withAbsolutePaths(text: string, document: Document, folder: string): string {
  const scalars = [
    ...entries(document, 'clusters', 'cluster').map((map) => map.get('certificate-authority', true)),
    ...entries(document, 'users', 'user').flatMap((map) => [
      map.get('client-certificate', true),
      map.get('client-key', true),
      map.get('tokenFile', true),
      pluginOf(map.get('exec')),
    ]),
  ];
  const relative = scalars.filter((scalar) => isRelativePath(scalar)).sort((a, b) => b.range[0] - a.range[0]);
  return relative.reduce(
    (rest, { range, value }) => rest.slice(0, range[0]) + JSON.stringify(resolve(folder, value)) + rest.slice(range[1]),
    text,
  );
}

function entries(document: Document, list: string, inner: string): YAMLMap[] {
  const items: unknown = document.get(list);
  if (!isSeq(items)) return [];
  return items.items.map((item) => (isMap(item) ? item.get(inner) : undefined)).filter((map) => isMap(map));
}

/** The command of a credential plugin, unless it is one that PATH finds. */
function pluginOf(exec: unknown): unknown {
  const command = isMap(exec) ? exec.get('command', true) : undefined;
  return isScalar(command) && String(command.value).includes('/') ? command : undefined;
}

interface PathScalar {
  readonly range: readonly [number, number, number];
  readonly value: string;
}

/** Texts over several lines (`|`, `>`) are no paths. */
function isRelativePath(node: unknown): node is PathScalar {
  if (!isScalar(node) || !node.range || node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED) {
    return false;
  }
  return typeof node.value === 'string' && node.value !== '' && !isAbsolute(node.value);
}
