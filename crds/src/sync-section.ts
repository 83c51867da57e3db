import { syncerDeploymentCrd } from './generated/syncerdeployment-crd.js';
import { compile, mistakes, once } from './schema-check.js';
import { brokenRules } from './sync-rules.js';

/** Fields of a SyncerDeployment's spec that say what is synced and how: those that a section `sync:` takes. */
export const syncFields = [
  'resources',
  'namespaces',
  'objectSelector',
  'namespaceMapping',
  'transformations',
  'whenExists',
  'drift',
  'deletionGuard',
  'paused',
] as const;

const check = once(() => {
  const { properties } = syncerDeploymentCrd.spec.versions[0].schema.openAPIV3Schema.properties.spec;
  const sync = {
    type: 'object',
    properties: Object.fromEntries(syncFields.map((field) => [field, properties[field]])),
  };
  return compile(closed({ type: 'object', properties: { sync } }), { fillIn: true });
});

/** What a section `sync:` says, or one sentence for each of its mistakes, beginning with the field's path. */
export type SyncSection =
  | { readonly sync: Readonly<Record<string, unknown>>; readonly mistakes?: never }
  | { readonly mistakes: readonly string[] };

/**
 * Judges the fields of a SyncerDeployment's spec by its schema and by the rules that go with it, and fills in the
 * defaults of those that are missing; fields that nobody knows are mistakes. `value` is not changed.
 */
export function readSyncSection(value: unknown): SyncSection {
  const whole = { sync: structuredClone(value) };
  const found = mistakes(check(), whole);
  if (found.length > 0) return { mistakes: found };
  const sync = whole.sync as Readonly<Record<string, unknown>>;
  const broken = brokenRules(sync).map((rule) => `sync.${rule}`);
  return broken.length > 0 ? { mistakes: broken } : { sync };
}

/** The schema, with a field that it does not name taken for a mistake: servers would drop it without a word. */
function closed(schema: unknown): object {
  const copy = Object.entries(schema as object).map(([key, value]: [string, unknown]) => {
    if (key === 'properties')
      return [key, Object.fromEntries(Object.entries(value as object).map(([name, one]) => [name, closed(one)]))];
    return [key, key === 'items' || key === 'additionalProperties' ? closed(value) : value];
  });
  const isClosed = copy.some(([key]) => key === 'properties');
  return { ...Object.fromEntries(copy), ...(isClosed && { additionalProperties: false }) } as object;
}
