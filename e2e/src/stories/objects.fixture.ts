import type { AdminClient, Collection, KubeObject } from '../harness/admin-client.js';
import type { AuditEntry } from '../harness/audit.js';
import { eventually } from '../harness/eventually.js';

export const namespaces = { apiVersion: 'v1', resource: 'namespaces' };
export const configMaps = { apiVersion: 'v1', resource: 'configmaps' };

/** ConfigMaps of a namespace. */
export function configMapsIn(namespace: string): Collection & { namespace: string } {
  return { ...configMaps, namespace };
}

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

const atOnce = 16;

/** Does something for each of many, sixteen at a time. */
export async function forEach<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  const work = async (): Promise<void> => {
    for (const item of left) await act(item);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** `a-000`, `a-001`, … */
export function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(3, '0')}`);
}

export async function makeNamespace(admin: AdminClient, name: string): Promise<void> {
  await admin.apply({ ...namespaces, name }, { kind: 'Namespace' });
}

export async function writeConfigMap(
  admin: AdminClient,
  { namespace, name }: { namespace: string; name: string },
  value: string,
): Promise<ConfigMap> {
  return await admin.apply<ConfigMap>({ ...configMapsIn(namespace), name }, { kind: 'ConfigMap', data: { value } });
}

/** The objects of a collection by name, without those that servers make in every namespace. */
export async function byName<T extends KubeObject = KubeObject>(
  admin: AdminClient,
  collection: Collection,
): Promise<Map<string, T>> {
  const items = await admin.list<T>(collection);
  const wanted = items.filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt');
  return new Map(wanted.map((item) => [item.metadata.name, item]));
}

/** Name, uid and resourceVersion of every object: equal only if nobody wrote anything. */
export async function versions(admin: AdminClient, collection: Collection): Promise<string[]> {
  const objects = await byName(admin, collection);
  return [...objects.values()]
    .map(({ metadata }) => `${metadata.name} ${metadata.uid ?? ''} ${metadata.resourceVersion ?? ''}`)
    .sort();
}

/** Name and uid of every object: equal only if none was deleted or made anew. */
export async function identities(admin: AdminClient, collection: Collection): Promise<string[]> {
  const objects = await byName(admin, collection);
  return [...objects.values()].map(({ metadata }) => `${metadata.name} ${metadata.uid ?? ''}`).sort();
}

/** Verb and object of each entry, for example `delete configmaps a`, sorted. */
export function inWords(entries: readonly AuditEntry[]): string[] {
  return entries.map(({ verb, object }) => `${verb} ${object.resource ?? ''} ${object.name ?? ''}`).sort();
}

/** Waits until both sides hold the same objects, by name and content. */
export async function eventuallyEqual(
  { up, down }: { readonly up: AdminClient; readonly down: AdminClient },
  collections: readonly Collection[],
): Promise<void> {
  await eventually(
    `both sides are the same`,
    async () => {
      for (const collection of collections) {
        const [wanted, found] = [contents(await byName(up, collection)), contents(await byName(down, collection))];
        const missing = wanted.filter((line) => !found.includes(line)).slice(0, 5);
        const extra = found.filter((line) => !wanted.includes(line)).slice(0, 5);
        if (missing.length + extra.length > 0)
          throw new Error(`${collection.resource}: missing ${missing.join(', ')}; too many ${extra.join(', ')}`);
      }
      return true;
    },
    { pollMs: 200 },
  );
}

function contents(objects: ReadonlyMap<string, KubeObject & { data?: unknown; spec?: unknown }>): string[] {
  return [...objects].map(([name, { data, spec }]) => `${name} ${JSON.stringify(data ?? spec)}`);
}
