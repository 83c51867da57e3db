import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';

/** Names the folder that a whole test run keeps its folders in; whoever made it removes it. */
export const runsVariable = 'KCP_SYNCER_E2E_RUNS';

/** KEEP=1 leaves servers and folders where they are. */
export function keepsServers(): boolean {
  return process.env['KEEP'] === '1';
}

/** A folder for the data and the logs of one server or one run. It goes away with us unless it is kept. */
export class RunFolder {
  readonly path: string;
  readonly #leave: () => void;
  readonly #owned: boolean;

  constructor(name: string) {
    const runs = process.env[runsVariable];
    this.#owned = runs === undefined && !keepsServers();
    this.path = mkdtempSync(join(runs ?? tmpdir(), runs === undefined ? `kcp-syncer-${name}-` : `${name}-`));
    this.#leave = this.#owned ? removeWhenWeEnd(this.path) : () => undefined;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Removes the folder, but for one that belongs to a bigger run or is kept by KEEP=1. */
  async remove(): Promise<void> {
    if (!this.#owned) return;
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
    this.#leave();
  }

  /** Whether KEEP=1 asks for servers and folder to stay. */
  get isKept(): boolean {
    return keepsServers();
  }

  /**
   * Runs `start`; when it fails the folder stays for whoever wants to know why.
   * @throws what `start` throws, with the folder's name.
   */
  async keptOnFailure<T>(start: () => Promise<T>): Promise<T> {
    try {
      return await start();
    } catch (error) {
      this.#leave();
      throw new Error(
        `${(error as Error).message}
logs are in ${this.path}`,
        { cause: error },
      );
    }
  }
}

/** A shell that outlives us: an end of the pipe without a line means that nobody tidied up. */
const janitor = `trap '' HUP INT TERM
read -r line || for attempt in 1 2 3 4 5; do sleep 1; rm -rf "$0" && exit; done`;

function removeWhenWeEnd(path: string): () => void {
  const child = spawn('sh', ['-c', janitor, path], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.unref();
  child.stdin.on('error', () => undefined);
  (child.stdin as unknown as { unref(): void }).unref();
  return () => child.stdin.end('\n');
}
