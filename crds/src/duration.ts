const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration such as `1m30s`; `text` is known to be one. */
export function durationMs(text: string): number {
  const parts = text.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g);
  return [...parts].reduce((sum, [, number = '', unit = '']) => sum + Number(number) * (unitMs[unit] ?? 0), 0);
}
