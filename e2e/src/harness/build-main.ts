import { controlPlaneBinaries, recipes } from './binaries.js';
import type { BinaryName } from './binaries.js';
import { findBinaries } from './build.js';

/** Builds the servers' binaries, or those named as arguments, and prints where each is. */
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(recipes, name));
try {
  if (unknown.length > 0) throw new Error(`no such binary: ${unknown.join(', ')}`);
  const names = asked.length === 0 ? controlPlaneBinaries : (asked as BinaryName[]);
  for (const [name, path] of Object.entries(await findBinaries(names))) console.log(`${name}\t${path}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
