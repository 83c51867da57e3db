import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { spawnSupervised } from './supervised.js';
import type { ChildOptions, Exit, Supervised } from './supervised.js';

const lineTimeoutMs = 30_000;
const shownLines = 20;

/** A command that runs on while a test looks at what it prints. */
export class Daemon {
  /** All lines so far, of both outputs in the order of their arrival. */
  readonly lines: string[] = [];
  readonly pid: number;
  /** Settles when the command has ended, of itself or by us. */
  readonly exit: Promise<Exit>;
  readonly #process: Supervised;
  readonly #waiting = new Set<() => void>();
  #ended: Exit | undefined;

  constructor(options: Omit<ChildOptions, 'logPath' | 'keep'>) {
    this.#process = spawnSupervised(options);
    this.pid = this.#process.pid;
    const { stdout, stderr } = this.#process.child;
    const read = [stdout, stderr].map(async (stream) => {
      if (stream !== null) await this.#read(stream);
    });
    this.exit = Promise.all([this.#process.exit, ...read]).then(([exit]) => {
      this.#ended = exit;
      this.#wake();
      return exit;
    });
  }

  /**
   * Waits for a line, one that is there already included, and gives it back.
   * @throws when the command ends, or `timeoutMs` passes, without such a line.
   */
  async waitForLine(pattern: RegExp, { timeoutMs = lineTimeoutMs, from = 0 } = {}): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    for (let next = from; ;) {
      for (; next < this.lines.length; next++) {
        const line = this.lines[next] ?? '';
        if (pattern.test(line)) return line;
      }
      const left = deadline - performance.now();
      if (this.#ended !== undefined) throw this.#lack(pattern, `before it ended (${JSON.stringify(this.#ended)})`);
      if (left <= 0) throw this.#lack(pattern, `in ${timeoutMs / 1000} s`);
      await this.#news(left);
    }
  }

  /** Sends a signal and waits for the end. */
  async kill(signal: NodeJS.Signals): Promise<Exit> {
    this.#process.child.kill(signal);
    return await this.exit;
  }

  /** Asks the command to end, as Kubernetes does, and waits for it. */
  async stop(): Promise<Exit> {
    return await this.kill('SIGTERM');
  }

  async #read(stream: Readable): Promise<void> {
    for await (const line of createInterface({ input: stream })) {
      this.lines.push(line);
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  async #news(withinMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#waiting.add(done);
    });
  }

  #lack(pattern: RegExp, when: string): Error {
    return new Error(
      `no line ${String(pattern)} ${when}; the last lines:\n${this.lines.slice(-shownLines).join('\n')}`,
    );
  }
}
