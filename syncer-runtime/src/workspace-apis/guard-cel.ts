import type { KeyedList, ReplacedMap } from './keyed-lists.js';

/** A named expression of an admission policy; others use it as `variables.<name>`. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/**
 * What an update takes from keyed lists, as two lists of text: `lost`, what disappears, and `stripped`, the entries
 * that keep nothing but their key. The latter is what comes of a removal: kubectl marks the entry to be removed with
 * `$patch`, which kcp does not know and drops later, so that the marked entry stays and the others go.
 *
 * Each entry of the old object becomes a pair {at, keys, was, is} with what it became, found by key, so that the cost
 * grows with the number of entries and not with its square: a server ends an expression that costs too much, and each
 * variable has a budget of its own. Servers compile a policy's expressions in the way of requests: nothing is written
 * out twice that can be a variable.
 */
export function lossVariables(lists: readonly KeyedList[]): Variable[] {
  const inner = distinct(lists.flatMap((list) => list.inner));
  const parts = ['entries', ...inner.map((list) => `entries_${list.path.join('_')}`)].map(
    (name) => `variables.${name}`,
  );
  const depth = Math.max(0, ...[...lists, ...inner].map((list) => list.depth));
  return [
    { name: 'entries', expression: sum(lists.map((list) => pairsOf(list, { before: 'oldObject', after: 'object' }))) },
    ...inner.map((list) => ({ name: `entries_${list.path.join('_')}`, expression: innerPairs(list) })),
    { name: 'pairs', expression: `(${sum(parts)}).filter(p, p.was != p.is)` },
    {
      name: 'lost',
      expression:
        `variables.pairs.filter(p, p.is == null || ${losesField(0, pair, depth)})` +
        `.map(p, p.is == null ? [p.at] : ${lostFields(pair, depth)}.map(f, p.at + '.' + f)).flatten()`,
    },
    {
      name: 'stripped',
      expression:
        `variables.pairs.filter(p, p.is != null && size(p.was) > p.keys && ` +
        `p.is.filter(k, !k.startsWith('$')).size() <= p.keys).map(p, p.at)`,
    },
  ];
}

/**
 * `grown`: what maps gain beside all that they had. Kubernetes puts the new map in the place of the old one; merged,
 * it holds both, and a selector of both selects nothing.
 */
export function growthVariable(maps: readonly ReplacedMap[]): Variable {
  const grown = maps.map(({ path, depth }) => {
    const sides = `[${valueAt('oldObject', path)}, ${valueAt('object', path)}]`;
    const gained = `${lostFields({ before: 's[1]', after: 's[0]' }, depth)}.map(f, '${path.join('.')}.' + f)`;
    return `[${sides}].map(s, s.exists(m, m == null || size(m) == 0) ? [] : ${gained})[0]`;
  });
  return { name: 'grown', expression: sum(grown) };
}

/** Two expressions: a map, and what became of it. */
interface Pair {
  readonly before: string;
  readonly after: string;
}

const pair: Pair = { before: 'p.was', after: 'p.is' };

/** The pairs of one list in two maps. `within` is an expression: text to put before each entry's name. */
function pairsOf({ path, keys }: KeyedList, maps: Pair, within = "''"): string {
  const byKey = `${listAt(maps.after, path)}.transformMapEntry(i, e, {${idOf('e', keys)}: e})`;
  const id = idOf('x', keys);
  const at = `${within} + '${path.at(-1) ?? ''}["' + ${id} + '"]'`;
  const one = `{'at': dyn(${at}), 'keys': dyn(${keys.length}), 'was': dyn(x), 'is': m[?${id}].orValue(dyn(null))}`;
  return `[${byKey}].map(m, ${listAt(maps.before, path)}.map(x, ${one}))[0]`;
}

/** The pairs of a list within the entries that stay; a list that is gone whole is a lost field of its entry. */
function innerPairs(list: KeyedList): string {
  const stays = `p.is != null && p.was != p.is && ${valueAt(pair.after, list.path)} != null`;
  return `variables.entries.filter(p, ${stays}).map(p, ${pairsOf(list, pair, "p.at + '.'")}).flatten()`;
}

/**
 * Paths of the fields that one map has and the other lacks, at any depth, in order. Null and empty values say nothing
 * in Kubernetes (`resources: {}`). CEL cannot recurse, so the levels that the schema has are written out.
 */
function lostFields(maps: Pair, depth: number): string {
  return `${lostFieldsFrom(0, maps, depth)}.sort()`;
}

function lostFieldsFrom(level: number, { before, after }: Pair, depth: number): string {
  const [key, value, field] = [`k${level}`, `v${level}`, `f${level}`];
  const below: Pair = { before: value, after: `${after}[${key}]` };
  const deeper = (): string => `${lostFieldsFrom(level + 1, below, depth)}.map(${field}, ${key} + '.' + ${field})`;
  const inside = level + 1 < depth ? `type(${value}) == map ? ${deeper()} : []` : '[]';
  const found = `${isGone(key, after)} ? [${key}] : ${inside}`;
  return `${before}.transformList(${key}, ${value}, ${isSaid(value)}, ${found}).flatten()`;
}

/** Whether `lostFields` would find any: it makes no lists, so it is cheap to ask of many entries. */
function losesField(level: number, { before, after }: Pair, depth: number): string {
  const [key, value] = [`k${level}`, `v${level}`];
  const below: Pair = { before: value, after: `${after}[${key}]` };
  const deeper = level + 1 < depth ? ` || type(${value}) == map && ${losesField(level + 1, below, depth)}` : '';
  return `${before}.exists(${key}, ${value}, ${isSaid(value)} && (${isGone(key, after)}${deeper}))`;
}

function isSaid(value: string): string {
  return `${value} != null && (type(${value}) != map && type(${value}) != list || size(${value}) > 0)`;
}

function isGone(key: string, map: string): string {
  return `(!(${key} in ${map}) || ${map}[${key}] == null)`;
}

/** The fields that identify an entry, as one text: `name`, `port/protocol`. */
function idOf(entry: string, keys: readonly string[]): string {
  return keys.map((key) => `string(${entry}[?'${key}'].orValue(dyn('')))`).join(" + '/' + ");
}

/** The list at a path; an empty one where there is none. */
function listAt(root: string, path: readonly string[]): string {
  return `[${valueAt(root, path)}].map(l, l == null ? [] : l)[0]`;
}

/** The value at a path; null where there is none. */
function valueAt(root: string, path: readonly string[]): string {
  return `${root}${path.map((field) => `[?'${field}']`).join('')}.orValue(dyn(null))`;
}

function sum(lists: readonly string[]): string {
  return lists.length === 0 ? '[]' : lists.join(' + ');
}

/** Lists of the same name within different entries (`env` of containers and of init containers) are read as one. */
function distinct(lists: readonly KeyedList[]): KeyedList[] {
  return [...new Map(lists.map((list) => [list.path.join('.'), list])).values()];
}
