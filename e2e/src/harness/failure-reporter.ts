import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { failedFile } from './global-setup.js';
import { runsVariable } from './run-folder.js';

/** A jest reporter that marks the run's folder when a test failed, so that its logs stay. */
export default class FailureReporter {
  onTestResult(test: { readonly path: string }, result: { numFailingTests: number; testExecError?: unknown }): void {
    const runs = process.env[runsVariable];
    if (runs === undefined || (result.numFailingTests === 0 && result.testExecError === undefined)) return;
    writeFileSync(join(runs, failedFile), `${test.path}\n`, { flag: 'a' });
  }
}
