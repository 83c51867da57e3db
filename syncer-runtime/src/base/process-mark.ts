import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names one run of something in this process, such that another process on the same machine can tell whether it has
 * ended: `<machine>.<pid>.<start of the process>.<run>`, of letters, digits and dots, at most 63 characters. Where the
 * system does not tell such things (it does on Linux), nobody can tell, and the mark is merely unique.
 */
export function processMark(): string {
  const run = randomBytes(4).toString('hex');
  return [machine(), String(process.pid), lifeOf(process.pid)?.start ?? '', run].join('.');
}

/** As `processMark`, for what only the holder of a Lease runs: whoever holds it knows that former ones have ended. */
export function leaseMark(lease: string): string {
  return `${lease}.${randomBytes(4).toString('hex')}`;
}

/** Whether the process that made the mark is known to have ended; never true of a process that may live elsewhere. */
export function hasEnded(mark: string): boolean {
  const [where, pid, start] = mark.split('.');
  if (where !== machine() || !start || !/^[1-9]\d*$/.test(pid ?? '')) return false;
  const life = lifeOf(Number(pid));
  // Its directory may be hidden from other users; the signal tells whether there is such a process.
  if (!life) return !isThere(Number(pid));
  return life.start !== start || life.isDead;
}

/** The machine since it was started, and its processes as this one sees them; empty where that cannot be told. */
function machine(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const processes = readlinkSync('/proc/self/ns/pid');
    // Machines that are copies of one another may share all but the name.
    return createHash('sha256').update(`${hostname()}/${boot}/${processes}`).digest('hex').slice(0, 16);
  } catch {
    return '';
  }
}

function lifeOf(pid: number): { readonly start: string; readonly isDead: boolean } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses, which may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { start: fields[19] ?? '', isDead: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    return undefined;
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
