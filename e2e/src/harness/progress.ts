import { setTimeout } from 'node:timers/promises';

/** Where progress is shown; a terminal gets a spinner, anything else plain lines. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
const heartbeatMs = 20_000;

/** Whole seconds as people say them: 7s, 3m05s. */
export function elapsed(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  return `${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`;
}

/** Says how far the work is, such as `2 of 3 ready`. */
export type Say = (state: string) => void;

/**
 * Runs `work` and shows that it goes on: a spinner with the elapsed time on a terminal, else a line at the start,
 * one every 20 seconds and one at the end. What `work` says of its state is shown: at once on a terminal, else as a
 * line when it changes.
 * @throws what `work` throws, after a line that says it failed.
 */
export async function withProgress<T>(title: string, work: (say: Say) => Promise<T>, out: ProgressOutput): Promise<T> {
  const started = performance.now();
  const since = (): string => elapsed(performance.now() - started);
  const ending = new AbortController();
  const shown = out.isTTY === true ? spin() : beat();
  let verdict = 'failed after';
  let state = '';
  try {
    const result = await work((next) => {
      if (next !== state && out.isTTY !== true) out.write(`${title}: ${next}\n`);
      state = next;
    });
    verdict = 'done in';
    return result;
  } finally {
    ending.abort();
    await shown;
    out.write(`${out.isTTY === true ? '\r\u001b[K' : ''}${title}: ${verdict} ${since()}\n`);
  }

  async function spin(): Promise<void> {
    let frame = 0;
    await every(frameMs, () =>
      out.write(`\r\u001b[K${frames[frame++ % frames.length] ?? ''} ${title} ${since()} ${state}`),
    );
  }
  async function beat(): Promise<void> {
    out.write(`${title}: started\n`);
    await every(heartbeatMs, () => out.write(`${title}: still running, ${since()}\n`));
  }
  async function every(ms: number, show: () => void): Promise<void> {
    while (await setTimeout(ms, true, { signal: ending.signal }).catch(() => false)) show();
  }
}
