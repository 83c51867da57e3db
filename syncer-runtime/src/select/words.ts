import type { LabelSelector } from './label-selector.js';
import type { Selection } from './selection.js';

/** What is selected, as people say it: for the SyncTarget's status and the log. */
export function selectionInWords({ resources, namespaces, objectSelector }: Selected): string {
  const labels = labelsInWords(objectSelector);
  return `${inWords('types', resources)} in ${inWords('namespaces', namespaces)}${labels === '' ? '' : ` with ${labels}`}`;
}

export interface Selected {
  readonly resources: Selection;
  readonly namespaces: Selection;
  readonly objectSelector: LabelSelector;
}

/** As kubectl takes it: `tier=web,env in (a,b),!old`. */
function labelsInWords({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
  });
  return [...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`), ...expressions].join(',');
}

function inWords(what: string, { include, exclude }: Selection): string {
  const taken = include.includes('*') ? `all ${what}` : `${what} ${listed(include)}`;
  return exclude.length === 0 ? taken : `${taken} except ${listed(exclude)}`;
}

function listed(patterns: readonly string[]): string {
  return patterns.length === 0 ? '(none)' : patterns.join(', ');
}
