import { ExactNumber, maxDepth, tooDeep } from './json.js';

const tags = { null: 1, true: 2, false: 3, number: 4, string: 5, list: 6, record: 7 } as const;

export interface HashOptions {
  /** Fields of records that are null count as absent. */
  readonly dropNulls?: boolean;
}

/**
 * A hash of 64 bits, as text, of a JSON value: the order of an object's keys does not matter, that of lists does. Fast
 * and not cryptographic: who makes up a collision only hides a change of his own object from himself.
 * @throws TerminalError `ObjectTooDeep`.
 */
export function fastHash(value: unknown, options: HashOptions = {}): string {
  return new FastHash(options.dropNulls ?? false).of(value);
}

/** Two lanes of 32 bits, mixed as in MurmurHash3 with a constant of its own for each. */
class FastHash {
  private a = 0;
  private b = 0;

  constructor(private readonly dropNulls: boolean) {}

  of(value: unknown): string {
    this.value(value, 0);
    return toText(this.a) + toText(this.b);
  }

  /** Sets the lanes to the hash of `value`. */
  private value(value: unknown, depth: number): void {
    if (depth > maxDepth) throw tooDeep();
    if (typeof value === 'string') this.scalar(tags.string, value);
    else if (typeof value !== 'object') this.plain(value);
    else if (value === null) this.scalar(tags.null, '');
    else if (Array.isArray(value)) this.list(value, depth);
    else if (value instanceof ExactNumber) this.scalar(tags.number, value.text);
    else this.record(value as Readonly<Record<string, unknown>>, depth);
  }

  private plain(value: unknown): void {
    if (typeof value === 'boolean') this.scalar(value ? tags.true : tags.false, '');
    else this.scalar(tags.number, String(value));
  }

  private scalar(tag: number, text: string): void {
    this.start(tag);
    this.text(text);
    this.finish(text.length);
  }

  private list(items: readonly unknown[], depth: number): void {
    let a: number = tags.list;
    let b: number = tags.list;
    for (const item of items) {
      this.value(item, depth + 1);
      a = Math.imul(a ^ this.a, 0x2c1b3c6d) + this.b;
      b = Math.imul(b ^ this.b, 0x297a2d39) + this.a;
      a ^= a >>> 15;
      b ^= b >>> 13;
    }
    this.a = a;
    this.b = b;
    this.finish(items.length);
  }

  /** Each field is mixed to the end, then all are summed: the sum does not know their order. */
  private record(record: Readonly<Record<string, unknown>>, depth: number): void {
    let a: number = tags.record;
    let b: number = tags.record;
    for (const key of Object.keys(record)) {
      const field = record[key];
      if (field === undefined || (field === null && this.dropNulls)) continue;
      this.value(field, depth + 1);
      this.text(key);
      this.finish(key.length);
      a = (a + this.a) | 0;
      b = (b + this.b) | 0;
    }
    this.a = a;
    this.b = b;
    this.finish(0);
  }

  private start(tag: number): void {
    this.a = Math.imul(tag, 0x9e3779b1);
    this.b = Math.imul(tag, 0x85ebca77);
  }

  /** Mixes `text` into the lanes, two UTF-16 units at a time. */
  private text(text: string): void {
    let a = this.a;
    let b = this.b;
    const length = text.length;
    for (let i = 0; i < length; i += 2) {
      const units = text.charCodeAt(i) | (i + 1 < length ? text.charCodeAt(i + 1) << 16 : 0);
      let mixed = Math.imul(units, 0xcc9e2d51);
      mixed = (mixed << 15) | (mixed >>> 17);
      a ^= Math.imul(mixed, 0x1b873593);
      a = (Math.imul((a << 13) | (a >>> 19), 5) + 0x6b64e654) | 0;
      b = Math.imul(b ^ units, 0xc2b2ae3d);
      b = (b << 11) | (b >>> 21);
    }
    this.a = a;
    this.b = b;
  }

  /** Spreads every bit of both lanes over both. */
  private finish(length: number): void {
    let a = this.a ^ length;
    let b = this.b + a;
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    b = Math.imul(b ^ (b >>> 15), 0x2c1b3c6d);
    a = Math.imul(a ^ (a >>> 13), 0xc2b2ae35) + b;
    b = Math.imul(b ^ (b >>> 12), 0x297a2d39) + a;
    this.a = (a ^ (a >>> 16)) | 0;
    this.b = (b ^ (b >>> 15)) | 0;
  }
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~';

/** Six characters a lane: V8 keeps a text of up to twelve that was put together in one piece. */
function toText(lane: number): string {
  let text = '';
  for (let shift = 0; shift < 32; shift += 6) text += digits.charAt((lane >>> shift) & 63);
  return text;
}
