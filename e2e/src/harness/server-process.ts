import { existsSync, readFileSync, statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { eventually } from './eventually.js';
import { freePorts } from './ports.js';
import { keepsServers } from './run-folder.js';
import { spawnSupervised } from './supervised.js';
import type { Exit, Supervised } from './supervised.js';

const readyTimeoutMs = 120_000;
const portAttempts = 5;
const portRetryMs = 200;
const shownLogBytes = 3000;

export interface ServerOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly logPath: string;
  /** Throws while the server does not serve yet. */
  readonly ready?: () => Promise<unknown>;
}

/** A server that did not come up; the message has the end of its log. */
export class ServerFailed extends Error {
  constructor(
    message: string,
    readonly portTaken: boolean,
  ) {
    super(message);
  }
}

/** One server that can be killed and started again with the same ports and data. One that ends by itself is told of. */
export class ServerProcess {
  readonly #options: ServerOptions;
  #running: Supervised | undefined;
  #serving = false;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  /** The process number of the running server, else -1. */
  get pid(): number {
    return this.#running?.pid ?? -1;
  }

  /** Starts the server and waits until it serves; a port that is taken for a moment is waited for. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#startOnce();
        return;
      } catch (error) {
        if (!(error instanceof ServerFailed && error.portTaken) || attempt === portAttempts) throw error;
        await setTimeout(portRetryMs);
      }
    }
  }

  async #startOnce(): Promise<void> {
    if (this.#running !== undefined) throw new Error(`${this.#options.name} runs already`);
    const logged = sizeOf(this.#options.logPath);
    const running = spawnSupervised({ ...this.#options, keep: keepsServers() });
    this.#running = running;
    const ended = running.exit.then((exit) => {
      this.#running = undefined;
      if (this.#serving) console.error(this.#failure(exit, logged).message);
      return exit;
    });
    const served = this.#served();
    const exit = await Promise.race([served, ended]);
    if (exit === undefined) {
      this.#serving = true;
      return;
    }
    void served.catch(() => undefined);
    throw this.#failure(exit, logged);
  }

  async #served(): Promise<undefined> {
    const { ready, name, logPath } = this.#options;
    if (ready === undefined) return;
    const probe = async (): Promise<true> => {
      if (this.#running !== undefined) await ready();
      return true;
    };
    await eventually(`${name} serves (log: ${logPath})`, probe, { timeoutMs: readyTimeoutMs, pollMs: 50 });
  }

  #failure(exit: Exit, logged: number): ServerFailed {
    const { name, logPath } = this.#options;
    const log = existsSync(logPath) ? readFileSync(logPath).subarray(logged).toString() : '';
    const how = exit.signal === null ? `code ${exit.code ?? ''}` : exit.signal;
    const text = `${name} ended by itself with ${how}; its log is ${logPath}, its end:\n${log.slice(-shownLogBytes)}`;
    return new ServerFailed(text, log.includes('address already in use'));
  }

  /** Sends the signal and waits until the process is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = this.#running;
    this.#serving = false;
    running?.child.ref();
    running?.child.kill(signal);
    await running?.exit;
  }
}

/** Starts a server on ports that are free now, and on others when somebody was quicker. */
export async function startOnFreePorts(
  count: number,
  make: (ports: readonly number[]) => ServerProcess,
): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(count);
    const server = make(ports);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.kill();
      if (!(error instanceof ServerFailed && error.portTaken) || attempt === portAttempts) throw error;
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
