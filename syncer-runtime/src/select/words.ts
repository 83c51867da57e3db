import type { Selection } from './selection.js';

/** What is selected, as people say it: for the SyncTarget's status and the log. */
export function selectionInWords({ resources, namespaces }: { resources: Selection; namespaces: Selection }): string {
  return `${inWords('types', resources)} in ${inWords('namespaces', namespaces)}`;
}

function inWords(what: string, { include, exclude }: Selection): string {
  const taken = include.includes('*') ? `all ${what}` : `${what} ${listed(include)}`;
  return exclude.length === 0 ? taken : `${taken} except ${listed(exclude)}`;
}

function listed(patterns: readonly string[]): string {
  return patterns.length === 0 ? '(none)' : patterns.join(', ');
}
