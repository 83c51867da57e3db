import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';

/** How a child ended: one of the two is null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the child reads from its standard input; default nothing. */
  readonly input?: string;
  /** A file that both outputs are appended to; without it they are pipes on `child`. */
  readonly logPath?: string;
  /** Lets the child outlive this process. */
  readonly keep?: boolean;
}

export interface Supervised {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly exit: Promise<Exit>;
}

/**
 * The shell turns into the command, and leaves a watcher behind that reads a pipe from us: a line lets go, an end
 * without a line means that we are gone, SIGKILL included, and the command follows.
 */
const guard = `(trap '' HUP INT TERM; read -r line <&3 || kill -KILL $$) >/dev/null 2>&1 &
exec "$0" "$@" 3<&-`;

/** Starts a command that ends with this process, however this process ends. It gets no signals from the terminal. */
export function spawnSupervised(options: ChildOptions): Supervised {
  const log = options.logPath === undefined ? undefined : openSync(options.logPath, 'a');
  const output = log ?? 'pipe';
  const child = spawn('sh', ['-c', guard, options.command, ...options.args], {
    detached: true,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', output, output, 'pipe'],
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
  });
  if (log !== undefined) closeSync(log);
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input);
  const exit = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      letGo(child);
      resolve({ code, signal });
    });
  });
  if (options.keep === true) {
    letGo(child);
    child.unref();
  }
  return { pid: child.pid ?? -1, child, exit };
}

/** After this the watcher kills nobody: by then the process number may be somebody else's. */
function letGo(child: ChildProcess): void {
  const pipe = child.stdio[3] as Duplex;
  pipe.on('error', () => undefined);
  pipe.end('\n');
}
