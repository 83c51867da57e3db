import { systemClock } from '../base/clock.js';
import { createSyncer } from '../engine/create-syncer.js';
import { LineBuffer } from '../observe/line-buffer.js';
import { runCli } from './cli.js';
import { reportCrashes } from './crash.js';
import { printRbacCommand } from './print-rbac.js';
import { publishApisCommand } from './publish-apis.js';
import { runSyncer } from './run-syncer.js';
import { listenForStop, whenAborted } from './stop-requests.js';
import type { SyncerSettings } from './syncer-settings.js';

const crashes = reportCrashes(process);
// timers of the product's clock do not keep the process alive: this one does, also while no server can be reached
// eslint-disable-next-line no-restricted-globals -- it times nothing
setInterval(() => undefined, 3_600_000);

async function sync(settings: SyncerSettings): Promise<void> {
  const requests = listenForStop(process, systemClock);
  void whenAborted(requests.leave).then(() => process.exit(0));
  const stdout = new LineBuffer(process.stdout, systemClock);
  const flush = stdout.flush.bind(stdout);
  process.on('exit', flush);
  // What ended it is told last.
  await runSyncer(settings, { createSyncer, clock: systemClock, stdout, requests, onLogger: crashes.use }).finally(
    flush,
  );
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
// whatever a library still holds open, the command is over once its output is out
process.stdout.write('', () => process.exit(exitCode));
