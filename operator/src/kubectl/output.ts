import { oneLine } from '@kcp-syncer/syncer-runtime/observe/log-line.js';
import { stringify } from 'yaml';

/** How results are given to machines. */
export type Format = 'json' | 'yaml';

/** One document, as kubectl's `-o` writes it. */
export function inFormat(document: unknown, format: Format): string {
  return format === 'json' ? `${JSON.stringify(document, undefined, 2)}\n` : stringify(document, { lineWidth: 0 });
}

/** Rows under a head, in columns of equal width. No cell can break its line, whatever it holds. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows.map((row) => row.map((cell) => (cell === '' ? '-' : oneLine(cell))))];
  const widths = head.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('   ')
      .trimEnd();
  return `${lines.map(line).join('\n')}\n`;
}

const units = [
  { name: 'd', ms: 86_400_000 },
  { name: 'h', ms: 3_600_000 },
  { name: 'm', ms: 60_000 },
] as const;

/** How long ago a time was, `5m`; nothing when there is none. */
export function age(time: string | undefined, nowMs: number): string {
  const ms = nowMs - Date.parse(time ?? '');
  if (Number.isNaN(ms)) return '';
  const unit = units.find((one) => ms >= one.ms);
  return unit ? `${Math.floor(ms / unit.ms)}${unit.name}` : `${Math.max(0, Math.floor(ms / 1000))}s`;
}
