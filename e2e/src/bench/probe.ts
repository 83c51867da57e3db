/**
 * Runs inside the measured syncer, by `node --import`. Notes the longest synchronous section; on SIGUSR2 it forces a
 * garbage collection and writes what it knows into the file that BENCH_PROBE names.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the syncer's process says of itself. */
export interface ProbeReport {
  /** After the collection. */
  readonly heapBytes: number;
  /** The longest that the event loop did not turn because it was busy, since the last report. */
  readonly longestSectionMs: number;
}

const PERIOD_MS = 4;
const file = process.env['BENCH_PROBE'] ?? '';

let longestSectionMs = 0;
let before = performance.now();
let cpu = process.cpuUsage();

/** A late turn is a section only as far as the process was running: the rest was waiting for a processor. */
function turn(): void {
  const now = performance.now();
  const used = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  longestSectionMs = Math.max(longestSectionMs, Math.min(now - before - PERIOD_MS, (used.user + used.system) / 1000));
  before = now;
  setTimeout(turn, PERIOD_MS).unref();
}

if (file !== '') {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  process.on('SIGUSR2', () => {
    const longest = longestSectionMs;
    collect();
    const report: ProbeReport = { heapBytes: process.memoryUsage().heapUsed, longestSectionMs: longest };
    writeFileSync(`${file}.new`, JSON.stringify(report));
    renameSync(`${file}.new`, file);
    before = performance.now();
    cpu = process.cpuUsage();
    longestSectionMs = 0;
  });
  turn();
}
