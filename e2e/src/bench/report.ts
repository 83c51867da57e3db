import type { Figure } from './figures.js';

/** The figures of one scenario. */
export interface Measured {
  readonly scenario: string;
  readonly loadAverage: number;
  readonly figures: readonly Figure[];
}

const heads = ['Figure', 'Budget', 'Measured', 'Bare client', 'Ratio', 'Holds'] as const;

/** A table in Markdown, which reads well on a terminal too. */
export function tableOf(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ figures }) => figures.map(cellsOf));
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function cellsOf({ what, budget, value, reference, holds }: Figure): string[] {
  const verdict = holds === undefined ? '' : holds ? 'yes' : '**no**';
  const ratio = reference === undefined ? '' : rounded(value / reference);
  return [what, budget ?? '', rounded(value), reference === undefined ? '' : rounded(reference), ratio, verdict];
}

/** Three digits that mean something. */
export function rounded(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 0.01))));
  return value.toFixed(Math.min(digits, 2));
}
