import { systemClock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { reportCrashes } from '@kcp-syncer/syncer-runtime/cli/crash.js';
import type { Given } from '@kcp-syncer/syncer-runtime/cli/resolve-flags.js';
import { exitWith, keepAlive, runUntilStopped } from '@kcp-syncer/syncer-runtime/cli/run-process.js';
import { listenForStop } from '@kcp-syncer/syncer-runtime/cli/stop-requests.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { oneLine } from '@kcp-syncer/syncer-runtime/observe/log-line.js';
import { safeErrorText } from '@kcp-syncer/syncer-runtime/tmc/safe-text.js';
import { readCommandLine } from './program.js';
import { releaseAllCommand } from './release-all.js';
import { runOperator } from './run-operator.js';
import { operatorSettings } from './settings.js';

const crashes = reportCrashes(process);
keepAlive();

async function main(): Promise<void> {
  const wish = readCommandLine(process.argv.slice(2));
  if (wish.kind === 'text') {
    process.stdout.write(wish.text);
    return;
  }
  if (wish.kind === 'release-all') {
    await release(wish.given);
    return;
  }
  const settings = await operatorSettings(wish.given, process.env);
  await runUntilStopped(async ({ stdout, requests }) => {
    await runOperator(settings, { clock: systemClock, stdout, stop: requests.stop, onLogger: crashes.use });
  });
}

async function release(given: Given): Promise<void> {
  const { stop } = listenForStop(process, systemClock);
  const out = (line: string): void => {
    process.stdout.write(`${oneLine(line)}\n`);
  };
  await releaseAllCommand(given, { env: process.env, clock: systemClock, out, stop });
}

async function exitCode(): Promise<number> {
  try {
    await main();
    return 0;
  } catch (error) {
    process.stderr.write(`error: ${oneLine(safeErrorText(error))}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

exitWith(await exitCode());
