import { ExactNumber, ExactNumberMet, tooDeep } from './json.js';

/**
 * Sixteen digits or dots in a row, or an exponent of three digits: where a double may not hold what is written. In
 * strings it says nothing, so a hit only chooses the slow way. Spelt out, not `{16}`: that is six times faster in V8.
 */
const mayBeInexact = new RegExp(`${'[\\d.]'.repeat(16)}|\\d[eE][+-]?\\d{3}`);

/** A string, or a number without its sign. */
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * The value of a JSON text. Numbers of 16 or more digits, or with an exponent of three, are `ExactNumber`s; all others
 * are plain numbers, and a double holds them. A key named `__proto__` becomes an own property like any other.
 * @throws SyntaxError when `text` is not JSON.
 */
export function parseJson(text: string): unknown {
  return mayBeInexact.test(text) ? parseExactly(text) : JSON.parse(text);
}

/**
 * The JSON text of `value`, exact numbers as they came.
 * @throws TerminalError `ObjectTooDeep`.
 */
export function stringifyJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    if (!(error instanceof ExactNumberMet)) throw error;
    return writeExactly(value);
  }
}

/**
 * Each inexact number is replaced in the text by a tiny one that carries its place in `texts`, and put back after
 * parsing. What stays in the text has exponents of at most two digits, so nothing else is as tiny. Only well-formed
 * text is searched: on hostile text the search could take time with the square of its length.
 */
function parseExactly(text: string): unknown {
  const rounded: unknown = JSON.parse(text);
  const texts: string[] = [];
  const marked = text.replace(stringOrNumber, (token) => {
    if (token.startsWith('"') || isExact(token)) return token;
    return `${texts.push(token)}e-300`;
  });
  if (texts.length === 0) return rounded;
  const root: [unknown] = [JSON.parse(marked)];
  putBack(root, texts);
  return root[0];
}

function isExact(number: string): boolean {
  return !/\d(?:\.?\d){15}|[eE][+-]?\d{3}/.test(number);
}

function putBack(root: unknown[], texts: readonly string[]): void {
  const open: object[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    // Assigning is safe here: JSON.parse made each of these keys an own property, `__proto__` too.
    const fields = node as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      if (typeof value === 'number') fields[key] = original(value, texts);
      else if (typeof value === 'object' && value !== null) open.push(value);
    }
  }
}

function original(value: number, texts: readonly string[]): number | ExactNumber {
  const size = Math.abs(value);
  if (size === 0 || size > 1e-200) return value;
  const text = texts[Math.round(size * 1e300) - 1] ?? '';
  return new ExactNumber(value < 0 ? `-${text}` : text);
}

function writeExactly(value: unknown): string {
  try {
    return write(value);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

function write(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => (item === undefined ? 'null' : write(item))).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${write(field)}`).join(',')}}`;
}
