import type { ResourceType } from '../object/types.js';

/** How people choose types: all, those of one group, or one. */
export type TypePattern =
  | { readonly kind: 'all' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'type'; readonly group: string; readonly resource: string };

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const group = `${label}(?:\\.${label})*`;
const forms = {
  oneGroup: new RegExp(`^\\*\\.(?<group>${group})$`),
  dotted: new RegExp(`^(?<resource>${label})(?:\\.(?<group>${group}))?$`),
  path: new RegExp(`^(?:(?<group>${group})/)?v[0-9][a-z0-9]*/(?<resource>${label})$`),
};

/**
 * Reads `deployments.apps`, `services`, `*.example.com` (one group), `apps/v1/deployments`, `v1/services` or `*`. A
 * version says only which type is meant: the version used is one that both sides serve.
 * @throws Error of one line that says what to write.
 */
export function parseTypePattern(text: string): TypePattern {
  if (text === '*') return { kind: 'all' };
  const oneGroup = forms.oneGroup.exec(text)?.groups;
  if (oneGroup?.group !== undefined) return { kind: 'group', group: oneGroup.group };
  const one = (forms.dotted.exec(text) ?? forms.path.exec(text))?.groups;
  if (one?.resource !== undefined) return { kind: 'type', group: one.group ?? '', resource: one.resource };
  throw new Error(
    `"${text}" names no type: write deployments.apps, services, *.example.com (one group), apps/v1/deployments or *`,
  );
}

export function matchesType(pattern: TypePattern, type: Pick<ResourceType, 'group' | 'resource'>): boolean {
  if (pattern.kind === 'all') return true;
  return pattern.group === type.group && (pattern.kind === 'group' || pattern.resource === type.resource);
}
