import { canonicalJson } from './canonical.js';
import { isRecord, type JsonRecord } from './json.js';

/** One step down into an object: a field's name, or the keys or the value that name an item of a list. */
export type Step = string | { readonly keys: JsonRecord } | { readonly value: unknown };

/** The steps as people write them: `.spec.template.spec.containers[name="web"].image`. */
export function pathText(steps: readonly Step[]): string {
  return steps.map(stepText).join('');
}

function stepText(step: Step): string {
  if (typeof step === 'string') return `.${step}`;
  if ('value' in step) return `[=${canonicalJson(step.value)}]`;
  const keys = Object.entries(step.keys).map(([key, value]) => `${key}=${canonicalJson(value)}`);
  return `[${keys.join(',')}]`;
}

/** What stands in `root` at the end of `steps`, if anything. */
export function valueAt(root: unknown, steps: readonly Step[]): unknown {
  return steps.reduce(
    (node, step) => (typeof step === 'string' ? (isRecord(node) ? node[step] : undefined) : itemAt(node, step)),
    root,
  );
}

function itemAt(node: unknown, step: Exclude<Step, string>): unknown {
  if (!Array.isArray(node)) return undefined;
  const wanted = 'keys' in step ? step.keys : step.value;
  return node.find((item: unknown) => contains(item, wanted)) as unknown;
}

/** Whether every leaf of `part` is in `whole`: objects may have more fields, lists are equally long. */
export function contains(whole: unknown, part: unknown): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && whole.length === part.length && part.every((item, i) => contains(whole[i], item));
  }
  if (!isRecord(part)) return canonicalJson(whole) === canonicalJson(part);
  return isRecord(whole) && Object.entries(part).every(([key, value]) => contains(whole[key], value));
}
