import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const refreshMs = 2_000;
const staleMs = 15_000;
const pollMs = 250;

/**
 * Runs `work` while holding the lock file `path`; others wait. The holder touches the file every two seconds, and a
 * file left alone for fifteen is a dead holder's. Two holders at once (a machine that slept) may cost one of them its
 * build, never anybody a broken binary, because binaries are put in place by a rename.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  while (!(await taken(path))) {
    if (await isStale(path)) await rm(path, { force: true });
    else await setTimeout(pollMs);
  }
  const done = new AbortController();
  const refreshed = refresh(path, done.signal);
  try {
    return await work();
  } finally {
    done.abort();
    await refreshed;
    await rm(path, { force: true });
  }
}

async function taken(path: string): Promise<boolean> {
  try {
    await writeFile(path, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > staleMs;
}

async function refresh(path: string, signal: AbortSignal): Promise<void> {
  while (await stillWanted(signal)) await utimes(path, new Date(), new Date()).catch(() => undefined);
}

/** Waits for the next refresh; false when there is to be none. */
async function stillWanted(signal: AbortSignal): Promise<boolean> {
  return await setTimeout(refreshMs, true, { signal }).catch(() => false);
}
