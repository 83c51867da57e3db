import { existsSync } from 'node:fs';
import { keepsServers, RunFolder, runsVariable } from './run-folder.js';
import { SharedServers, sharedVariable } from './shared-servers.js';

/** Written into the run's folder by failure-reporter: the folder is worth a look. */
export const failedFile = 'failed';

const handle = Symbol.for('kcp-syncer.e2e.teardown');

/** What jest's global teardown has to call; jest gives the two files no other way to meet. */
type WithTeardown = typeof globalThis & { [handle]?: () => Promise<void> };

/** Jest calls this once before the first test file: it makes the run's folder and offers the shared servers. */
export default async function setUp(): Promise<void> {
  const run = new RunFolder('e2e');
  const servers = new SharedServers();
  process.env[runsVariable] = run.path;
  process.env[sharedVariable] = await servers.listen();
  (globalThis as WithTeardown)[handle] = async () => {
    await servers.stop();
    if (existsSync(run.file(failedFile))) {
      run.keep();
      console.error(`the servers' logs are in ${run.path}`);
    } else if (!keepsServers()) await run.remove();
  };
}

/** Ends what `setUp` began. */
export async function tearDown(): Promise<void> {
  await (globalThis as WithTeardown)[handle]?.();
}
