import { parse } from 'yaml';

/** The kubeconfig cannot be used. The message is one sentence and quotes nothing but names of contexts and the like. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

type Entry = Readonly<Record<string, unknown>>;

/** One context of a kubeconfig, resolved: what kubectl would use, and nothing of the other contexts. */
export interface KubeconfigContext {
  readonly name: string;
  readonly cluster: Entry;
  /** Empty for an anonymous context. */
  readonly user: Entry;
}

/**
 * Reads one context of a kubeconfig: the named one, or its current one.
 * @throws KubeconfigError
 */
export function kubeconfigContext(text: string, wanted?: string): KubeconfigContext {
  const document = parsed(text);
  const name = wanted ?? document['current-context'];
  if (typeof name !== 'string' || name === '') throw new KubeconfigError('the kubeconfig has no current-context');
  const context = named(document, { list: 'contexts', name, inner: 'context' });
  if (!context) throw new KubeconfigError(`the kubeconfig has no context ${JSON.stringify(name)}`);
  const cluster = named(document, { list: 'clusters', name: context['cluster'], inner: 'cluster' });
  if (!cluster)
    throw new KubeconfigError(`context ${JSON.stringify(name)} of the kubeconfig names a cluster that is not in it`);
  const user = named(document, { list: 'users', name: context['user'], inner: 'user' });
  if (!user && (context['user'] ?? '') !== '') {
    throw new KubeconfigError(`context ${JSON.stringify(name)} of the kubeconfig names a user that is not in it`);
  }
  return { name, cluster, user: user ?? {} };
}

function parsed(text: string): Entry {
  let document: unknown;
  try {
    document = parse(text, { logLevel: 'error' });
  } catch {
    throw new KubeconfigError('the kubeconfig is not valid YAML');
  }
  if (!isEntry(document)) throw new KubeconfigError('the kubeconfig is empty or not a YAML mapping');
  return document;
}

function named(document: Entry, of: { list: string; name: unknown; inner: string }): Entry | undefined {
  const list = document[of.list];
  if (!Array.isArray(list)) return undefined;
  const entry: unknown = list.find((item: unknown) => isEntry(item) && item['name'] === of.name);
  if (!isEntry(entry)) return undefined;
  const inner = entry[of.inner];
  return isEntry(inner) ? inner : {};
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
