import type { ResourceType } from '../object/types.js';

type TypePath = Pick<ResourceType, 'group' | 'version' | 'resource'>;

export interface ObjectName {
  /** Left out for objects without a namespace. */
  readonly namespace?: string;
  readonly name: string;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/apis/apps/v1/deployments`, or of one namespace. */
export function collectionPath(type: TypePath, namespace?: string, query: Query = {}): string {
  const root = type.group === '' ? ['api', type.version] : ['apis', type.group, type.version];
  const scope = namespace === undefined ? [] : ['namespaces', namespace];
  return joined([...root, ...scope, type.resource]) + queryString(query);
}

/** `/apis/apps/v1/namespaces/default/deployments/nginx-app`. */
export function objectPath(type: TypePath, object: ObjectName, query: Query = {}): string {
  return `${collectionPath(type, object.namespace)}${joined([object.name])}${queryString(query)}`;
}

/** `…/nginx-app/status`. */
export function subresourcePath(
  type: TypePath,
  object: ObjectName & { readonly subresource: string },
  query: Query = {},
): string {
  return `${objectPath(type, object)}${joined([object.subresource])}${queryString(query)}`;
}

/** `?a=1&b=…`, without what is undefined; '' when nothing is left. */
export function queryString(query: Query): string {
  const pairs = Object.entries(query).filter(
    (pair): pair is [string, string | number | boolean] => pair[1] !== undefined,
  );
  if (pairs.length === 0) return '';
  return `?${pairs.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join('&')}`;
}

/** An empty segment would address the whole collection, dots another place: neither ever leaves this process. */
function joined(segments: readonly string[]): string {
  return segments
    .map((segment) => {
      if (segment === '' || segment === '.' || segment === '..')
        throw new Error(`"${segment}" cannot be part of a URL`);
      return `/${encodeURIComponent(segment)}`;
    })
    .join('');
}
