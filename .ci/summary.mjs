import { existsSync, readFileSync } from 'node:fs';

/** Adds up the results of all jest runs; a run that is missing, or a skipped test, is a failure. The real node's may be left out. */
const onNode = 'coverage/node.json';
const withNode = process.argv.includes('--with-node') || existsSync(onNode);
const runs = ['coverage/unit.json', 'coverage/e2e.json', ...(withNode ? [onNode] : [])].map((file) =>
  existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numPassedTests: 0, numFailedTests: 1, missing: file },
);
let passed = 0;
let failed = 0;
for (const run of runs) {
  if (run.missing) console.error(`${run.missing} is missing: its tests did not run`);
  const left = (run.numPendingTests ?? 0) + (run.numTodoTests ?? 0);
  if (left > 0) console.error(`${left} tests were skipped; a skipped test is a failed one`);
  passed += run.numPassedTests;
  // A file that cannot even be loaded has no tests that could fail.
  failed += run.numFailedTests + left + (run.numRuntimeErrorTestSuites ?? 0);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
