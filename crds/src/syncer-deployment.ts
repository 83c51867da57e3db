import { syncerDeploymentCrd } from './generated/syncerdeployment-crd.js';
import type { SyncerDeployment } from './generated/syncerdeployment.js';
import { compile, mistakes, once } from './schema-check.js';
import { brokenRules } from './sync-rules.js';

const check = once(() => {
  const { spec } = syncerDeploymentCrd.spec.versions[0].schema.openAPIV3Schema.properties;
  return compile({ type: 'object', required: ['spec'], properties: { spec } }, { fillIn: true });
});

/** A spec in which every default is filled in, or one sentence for each of its mistakes, beginning with the field's path. */
export type ReadSpec =
  | { readonly spec: SyncerDeployment['spec']; readonly mistakes?: never }
  | { readonly spec?: never; readonly mistakes: readonly string[] };

/**
 * Judges a SyncerDeployment by the schema that its CustomResourceDefinition carries and by the rules that go with it. A
 * server has done so before; one whose CustomResourceDefinition is of another version may have judged otherwise.
 * `object` is not changed, and values are never quoted.
 */
export function readSyncerDeployment({ spec }: { readonly spec?: unknown }): ReadSpec {
  const whole = { spec: structuredClone(spec) };
  const found = mistakes(check(), whole);
  if (found.length > 0) return { mistakes: found };
  const broken = brokenRules(whole.spec as Readonly<Record<string, unknown>>);
  if (broken.length > 0) return { mistakes: broken.map((rule) => `spec.${rule}`) };
  return { spec: whole.spec as SyncerDeployment['spec'] };
}
