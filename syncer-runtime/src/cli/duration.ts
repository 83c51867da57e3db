import { UsageError } from './usage-error.js';

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

const maxLength = 40;
const whole = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Milliseconds of a Go duration such as `30s`, `1m30s`, `500ms`.
 * @throws UsageError when it is none; a number without a unit is none, as in Go. Negative ones have no use here.
 */
export function parseGoDuration(text: string): number {
  if (text.length > maxLength || !whole.test(text))
    throw new UsageError('must be a duration such as 30s, 1m30s or 500ms');
  let ms = 0;
  for (const [, number = '', unit = ''] of text.matchAll(part)) ms += Number(number) * (unitMs[unit] ?? 0);
  return ms;
}

/** How Go writes a duration, for messages: `1m30s`, `500ms`. */
export function goDuration(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const seconds = ms / 1_000;
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  return `${h > 0 ? `${h}h` : ''}${m > 0 ? `${m}m` : ''}${s > 0 ? `${s}s` : ''}`;
}
