import { systemClock } from '../base/clock.js';
import { createSyncer } from '../engine/create-syncer.js';
import { runCli } from './cli.js';
import { reportCrashes } from './crash.js';
import { printRbacCommand } from './print-rbac.js';
import { publishApisCommand } from './publish-apis.js';
import { exitWith, keepAlive, runUntilStopped } from './run-process.js';
import { runSyncer } from './run-syncer.js';
import type { SyncerSettings } from './syncer-settings.js';

const crashes = reportCrashes(process);
keepAlive();

async function sync(settings: SyncerSettings): Promise<void> {
  await runUntilStopped(async ({ stdout, requests }) => {
    await runSyncer(settings, { createSyncer, clock: systemClock, stdout, requests, onLogger: crashes.use });
  });
}

const out = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  sync,
  publishApis: async (options) => {
    await publishApisCommand(options, { out });
  },
  printRbac: async (options) => {
    await printRbacCommand(options, { out });
  },
});
exitWith(exitCode);
