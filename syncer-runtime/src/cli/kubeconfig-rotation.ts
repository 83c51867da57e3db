import { sleep, type Clock } from '../base/clock.js';
import type { Side } from '../base/sides.js';
import type { Logger } from '../observe/logger.js';

/** A kubeconfig file, and what it held when it was read. */
export interface KubeconfigFile {
  readonly side: Side;
  /** What messages name, `--kcp-kubeconfig`. */
  readonly flag: string;
  readonly path: string;
  readonly text: string;
}

export interface RotationDeps {
  /** What a file holds, or an error of one line. */
  readonly read: (flag: string, path: string) => Promise<string>;
  readonly use: (side: Side, kubeconfig: string) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Files are read again this often: cheap, and right for every way in which files are replaced. */
const periodMs = 10_000;

/**
 * Looks at a kubeconfig file until the signal is aborted, and hands on what it holds each time that changes (S37). One
 * that cannot be read or used is told once, and what was good stays in use.
 */
export async function followKubeconfig(file: KubeconfigFile, deps: RotationDeps, signal: AbortSignal): Promise<void> {
  const { side, flag, path } = file;
  const { read, use, clock, logger } = deps;
  let { text } = file;
  let told = '';
  for (;;) {
    await sleep(clock, periodMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const found = await read(flag, path);
      if (found === text) continue;
      await use(side, found);
      text = found;
      told = '';
      logger.log(1, 'the kubeconfig was renewed', { flag, path });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why !== told) logger.warn('a renewed kubeconfig cannot be used, the former one stays in use', { flag, why });
      told = why;
    }
  }
}
