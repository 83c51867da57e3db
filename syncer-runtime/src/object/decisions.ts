import { annotations } from './marks.js';

/** What becomes of copies whose removal is held. */
export type Decision = 'keep' | 'delete';

/** A human's word about a set of held deletions, as an annotation gives it (S26). */
export interface AskedDecision {
  readonly decision: Decision;
  /** Of the set. */
  readonly id: string;
}

const keys: Readonly<Record<Decision, string>> = {
  keep: annotations.keepObjects,
  delete: annotations.approveDeletions,
};

/** The decisions among the annotations of a SyncTarget or SyncerDeployment; to keep comes first. */
export function askedDecisions(marks: Readonly<Record<string, string>> = {}): AskedDecision[] {
  return (['keep', 'delete'] as const).flatMap((decision) => {
    const id = marks[keys[decision]];
    return id === undefined ? [] : [{ decision, id }];
  });
}

export interface JsonPatchRemoval {
  readonly op: 'test' | 'remove';
  readonly path: string;
  readonly value?: string;
}

/** A JSON Patch that takes a decision off its object, unless it was changed meanwhile. */
export function withoutDecision({ decision, id }: AskedDecision): JsonPatchRemoval[] {
  const path = `/metadata/annotations/${keys[decision].replaceAll('/', '~1')}`;
  return [
    { op: 'test', path, value: id },
    { op: 'remove', path },
  ];
}

/** The id in a text with such a clause as decisionInWords makes; undefined where there is none. */
export function decisionIdIn(text: string): string | undefined {
  return new RegExp(`${keys.delete}=(\\w+)`).exec(text)?.[1];
}

/** The annotation that asks for a decision. */
export function decisionAnnotation({ decision, id }: AskedDecision): Readonly<Record<string, string>> {
  return { [keys[decision]]: id };
}

/** How to decide on the set of this id: a clause. */
export function decisionInWords(id: string): string {
  return (
    `to have them deleted annotate the SyncTarget or SyncerDeployment with ${keys.delete}=${id}, ` +
    `to keep the objects with ${keys.keep}=${id}`
  );
}
