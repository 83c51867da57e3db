/** Reproducible random JSON for property tests: the same seed gives the same values. */
export class RandomJson {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new Error('nothing to pick from');
    return chosen;
  }

  text(): string {
    const letters = [
      'a',
      'b',
      'é',
      '"',
      '\\',
      '\n',
      '{',
      ':',
      '1234567890123456',
      '1e400',
      '\u0000',
      '😀',
      '\ud800',
      ' ',
    ];
    return Array.from({ length: this.below(6) }, () => this.pick(letters)).join('');
  }

  key(): string {
    return this.pick(['__proto__', 'constructor', 'toString', '', '0', '17', 'name', 'a', 'b', 'c', this.text()]);
  }

  scalar(): unknown {
    return this.pick<() => unknown>([
      () => null,
      () => true,
      () => false,
      () => this.below(1000) - 500,
      () => this.below(2 ** 31) / 1024,
      () => this.text(),
    ])();
  }

  value(depth = 4): unknown {
    if (depth === 0 || this.next() < 0.3) return this.scalar();
    if (this.next() < 0.4) return Array.from({ length: this.below(4) }, () => this.value(depth - 1));
    return this.record(depth);
  }

  record(depth = 4): Record<string, unknown> {
    return Object.fromEntries(Array.from({ length: this.below(6) }, () => [this.key(), this.value(depth - 1)]));
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, order: this.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  }
}
