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

/** Says what KEEP=1 left up, and nothing without it. */
export function tellWhatIsKept(name: string, kubeconfigPath: string, pids: readonly number[]): void {
  if (!keepsServers()) return;
  console.error(
    `KEEP=1: ${name} stays up; export KUBECONFIG=${kubeconfigPath}; end it with: kill -9 ${pids.join(' ')}`,
  );
}

/** A folder for the data and the logs of one server or one run. It goes away with us unless it is kept. */
export class RunFolder {
  /** The path of the folder. Servers keep what only they read below `data`. */
  readonly path: string;
  readonly #leave: () => void;
  readonly #owned: boolean;

  constructor(name: string) {
    const runs = process.env[runsVariable] ?? '';
    this.#owned = runs === '' && !keepsServers();
    this.path = mkdtempSync(runs === '' ? join(tmpdir(), `kcp-syncer-${name}-`) : join(runs, `${name}-`));
    this.#leave = this.#owned ? removeWhenWeEnd(this.path) : () => undefined;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Removes the folder. In a bigger run only the data goes: the logs are wanted if a later test fails. */
  async remove(): Promise<void> {
    await rm(this.#owned ? this.path : this.file('data'), { recursive: true, force: true, maxRetries: 5 });
    this.#leave();
  }

  /** Leaves the folder for whoever wants to know what went wrong. */
  keep(): void {
    this.#leave();
  }

  /** Keeps the folder because a start failed, and gives the error to throw, which names it. */
  failure(error: unknown): Error {
    this.keep();
    const message = error instanceof Error ? error.message : String(error);
    return new Error(`${message}\nlogs are in ${this.path}`, { cause: error });
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
