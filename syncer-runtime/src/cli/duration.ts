import { durationMs } from '@kcp-syncer/crds/duration.js';
import { UsageError } from './usage-error.js';

const maxLength = 40;
const whole = /^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/;

/**
 * Milliseconds of a Go duration such as `30s`, `1m30s`, `500ms`.
 * @throws UsageError when it is none; a number without a unit is none, as in Go. Negative ones have no use here.
 */
export function parseGoDuration(text: string): number {
  if (text.length > maxLength || !whole.test(text))
    throw new UsageError('must be a duration such as 30s, 1m30s or 500ms');
  return durationMs(text);
}

/** How Go writes a duration, for messages: `1m30s`, `500ms`. */
export function goDuration(ms: number): string {
  if (ms < 1_000) return `${ms}ms`;
  const seconds = ms / 1_000;
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60), seconds % 60];
  return `${h > 0 ? `${h}h` : ''}${m > 0 ? `${m}m` : ''}${s > 0 ? `${s}s` : ''}`;
}
