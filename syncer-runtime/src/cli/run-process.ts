import { systemClock } from '../base/clock.js';
import { LineBuffer } from '../observe/line-buffer.js';
import { listenForStop, whenAborted, type StopRequests } from './stop-requests.js';

/** Where a command that goes on writes its log lines, and how it is told to end. */
export interface ProcessEnds {
  readonly stdout: LineBuffer;
  readonly requests: StopRequests;
}

/** Keeps the process alive, also while no server can be reached: timers of the product's clock do not. */
export function keepAlive(): void {
  // eslint-disable-next-line no-restricted-globals -- it times nothing
  setInterval(() => undefined, 3_600_000);
}

/** Runs what goes on until it is asked to stop; a second request leaves at once. @throws what `run` throws. */
export async function runUntilStopped(run: (ends: ProcessEnds) => Promise<void>): Promise<void> {
  const requests = listenForStop(process, systemClock);
  void whenAborted(requests.leave).then(() => process.exit(0));
  const stdout = new LineBuffer(process.stdout, systemClock);
  const flush = stdout.flush.bind(stdout);
  process.on('exit', flush);
  // What ended it is told last.
  await run({ stdout, requests }).finally(flush);
}

/** Ends the process as soon as its output is out, whatever a library still holds open. */
export function exitWith(code: number): void {
  process.stdout.write('', () => process.exit(code));
}
