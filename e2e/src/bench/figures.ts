/** One measured number beside what it is held against. */
export interface Figure {
  /** What was measured, with its unit. */
  readonly what: string;
  readonly value: number;
  /** The same of the bare client, where there is one. */
  readonly reference?: number;
  /** The budget in words; absent for figures that are only told. */
  readonly budget?: string;
  readonly holds?: boolean;
}

/** The value below which `share` of the numbers lie, by nearest rank; NaN of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}

export function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** How much the numbers grow per step, by least squares. */
export function slope(numbers: readonly number[]): number {
  const middle = (numbers.length - 1) / 2;
  const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  let up = 0;
  let down = 0;
  for (const [index, number] of numbers.entries()) {
    up += (index - middle) * (number - mean);
    down += (index - middle) ** 2;
  }
  return up / down;
}

/** A figure that must not be above its limit. */
export function atMost(what: string, limit: number, measured: { value: number; reference?: number }): Figure {
  return { what, ...measured, budget: `≤ ${limit}`, holds: measured.value <= limit };
}

/** A figure that must reach a share of the bare client's. */
export function atLeastShare(what: string, share: number, measured: { value: number; reference: number }): Figure {
  return { what, ...measured, budget: `≥ ${share} × bare`, holds: measured.value >= share * measured.reference };
}

/** Median and 99th percentile of delays in ms, each with its budget. */
export function delays(
  what: string,
  limits: { p50: number; p99?: number },
  measured: { values: readonly number[]; bare: readonly number[] },
): Figure[] {
  const at = (share: number): { value: number; reference: number } => ({
    value: quantile(measured.values, share),
    reference: quantile(measured.bare, share),
  });
  return [
    atMost(`${what}, P50 of ${measured.values.length} (ms)`, limits.p50, at(0.5)),
    limits.p99 === undefined
      ? { what: `${what}, P99 (ms)`, ...at(0.99) }
      : atMost(`${what}, P99 (ms)`, limits.p99, at(0.99)),
  ];
}
