import { runOrFail } from './run-or-fail.js';
import { lackOfNode, missingPackages } from './lacks.js';

/**
 * Tells whether the story on a real node can run here: exit code 0, or 3 with one line that says what is missing. With
 * `--install` the packages are installed first, and whatever is missing then is a failure (exit code 1).
 */
const mustRun = process.argv.includes('--install');
if (mustRun && process.platform === 'linux' && process.getuid?.() === 0) {
  const missing = await missingPackages();
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  if (missing.length > 0) {
    await runOrFail('apt-get', ['update', '-qq'], { env });
    await runOrFail('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], { env });
  }
}
const lack = await lackOfNode();
if (lack !== undefined) {
  console.error(`the story on a real node is left out: ${lack}; then: make node`);
  process.exitCode = mustRun ? 1 : 3;
}
