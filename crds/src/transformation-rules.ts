/** A transformation as the schema leaves it, as far as its rules read it. */
export interface TransformationFields {
  readonly name: string;
  readonly match?: { readonly selector?: SelectorFields };
  readonly patch?: readonly StepFields[];
  readonly mergePatch?: object;
}

interface StepFields {
  readonly op: string;
  readonly from?: string;
  readonly value?: unknown;
}

export interface SelectorFields {
  readonly matchExpressions?: readonly { readonly operator: string; readonly values?: readonly string[] }[];
}

/** What the CEL rules of the schema say of transformations, and that names are unique and values given. */
export function transformationRules(transformations: readonly TransformationFields[]): string[] {
  const names = transformations.map(({ name }) => name);
  return transformations.flatMap((transformation, at) =>
    [...rulesOf(transformation), ...uniqueness(names, at)].map((rule) => `transformations[${at}]${rule}`),
  );
}

function rulesOf({ match, patch, mergePatch }: TransformationFields): string[] {
  return [
    ...((patch === undefined) === (mergePatch === undefined) ? [': give either patch or mergePatch'] : []),
    ...(patch ?? []).flatMap((step, at) => stepRules(step).map((rule) => `.patch[${at}]: ${rule}`)),
    ...selectorRules(match?.selector ?? {}).map((rule) => `.match.selector.${rule}`),
  ];
}

function uniqueness(names: readonly string[], at: number): string[] {
  return names.indexOf(names[at] ?? '') < at ? [`.name: another one has the name ${String(names[at])}`] : [];
}

function stepRules({ op, from, value }: StepFields): string[] {
  const needsFrom = ['move', 'copy'].includes(op);
  const needsValue = ['add', 'replace', 'test'].includes(op);
  return [
    ...(needsFrom === (from !== undefined) ? [] : ['from is needed for move and copy, and for no other']),
    ...(needsValue && value === undefined ? ['value is needed for add, replace and test'] : []),
  ];
}

/** What the CEL rules of the schema say of a label selector. */
export function selectorRules({ matchExpressions = [] }: SelectorFields): string[] {
  return matchExpressions.flatMap(({ operator, values = [] }, at) =>
    ['In', 'NotIn'].includes(operator) === values.length > 0
      ? []
      : [`matchExpressions[${at}]: values are needed for operators In and NotIn, and for no other`],
  );
}
