import type { Crd, CrdVersion } from './crd.js';
import { schemaNarrowings } from './narrowings.js';
import { textsIn, type Schema } from './schema.js';

/**
 * What users of a type would lose if `next` took the place of `old`; none: it only widens. A type that we published is
 * never shrunk, and never so changed that stored objects become invalid (product.md, limits).
 */
export function narrowings(old: Crd, next: Crd): string[] {
  return [...identityChanges(old, next), ...old.spec.versions.flatMap((version) => versionNarrowings(version, next))];
}

function identityChanges({ spec: old }: Crd, { spec: next }: Crd): string[] {
  const facts = [
    ['group', old.group, next.group],
    ['scope', old.scope, next.scope],
    ['plural', old.names.plural, next.names.plural],
    ['kind', old.names.kind, next.names.kind],
  ] as const;
  const short = textsIn(old.names['shortNames']).filter((name) => !textsIn(next.names['shortNames']).includes(name));
  return [
    ...facts.filter(([, was, is]) => was !== is).map(([what, was, is]) => `${what}: ${is} in place of ${was}`),
    ...short.map((name) => `short name ${name}: would disappear`),
  ];
}

/** What a version offers; no longer offering it is a loss. */
const offers: readonly (readonly [string, (version: CrdVersion) => boolean])[] = [
  ['served', ({ served }) => served],
  ['stored', ({ storage }) => storage],
  ['subresource status', ({ subresources }) => subresources?.status !== undefined],
  ['subresource scale', ({ subresources }) => subresources?.scale !== undefined],
];

function versionNarrowings(old: CrdVersion, next: Crd): string[] {
  const version = next.spec.versions.find(({ name }) => name === old.name);
  if (!version) return [`version ${old.name}: would disappear`];
  const losses = offers.filter(([, has]) => has(old) && !has(version)).map(([what]) => `${what}: would disappear`);
  return [...losses, ...schemaNarrowings(schemaOf(old), schemaOf(version))];
}

function schemaOf({ schema }: CrdVersion): Schema {
  return schema?.openAPIV3Schema ?? {};
}
