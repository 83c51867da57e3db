import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { linkerFlags, modulesFolder } from './binaries.js';
import type { Recipe } from './binaries.js';
import { runCommand } from './command.js';
import type { CommandResult } from './command.js';

const shownErrorLength = 4000;
const neededGo = { major: 1, minor: 26 };

/**
 * Builds one binary into the empty folder `into` and gives its path.
 * @throws when `go` is missing or too old, or when it fails.
 */
export async function goBuild(recipe: Recipe, into: string): Promise<string> {
  const cwd = recipe.module === undefined ? into : join(modulesFolder, recipe.module);
  await requireGo(recipe.package, cwd);
  const target = [...linkerFlags(recipe), recipe.package];
  const args = recipe.module === undefined ? ['install', ...target] : ['build', '-o', `${into}/`, ...target];
  const { code, stderr } = await runCommand('go', args, { cwd, env: { GOBIN: into, GOWORK: 'off' } });
  if (code !== 0) throw new Error(`go ${args.join(' ')} failed in ${cwd}:\n${stderr.trim().slice(-shownErrorLength)}`);
  const [made] = await readdir(into);
  if (made === undefined) throw new Error(`go made no binary of ${recipe.package}`);
  return join(into, made);
}

/** Asked inside the module, because go fetches the toolchain that a module wants when it may. */
async function requireGo(target: string, cwd: string): Promise<void> {
  const found = await runCommand('go', ['env', 'GOVERSION'], { cwd });
  const lack = lackOfGo(found);
  if (lack !== undefined) throw new Error(`building ${target} needs go ≥ ${neededGo.major}.${neededGo.minor}; ${lack}`);
}

/** What is wrong with the answer to `go env GOVERSION`, if anything. */
export function lackOfGo({ code, stdout, stderr }: CommandResult): string | undefined {
  if (code === 127) return 'there is no go on the PATH';
  const version = /^go(\d+)\.(\d+)/.exec(stdout);
  if (code !== 0 || version === null) return `go does not say its version: ${stderr.trim()}`;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const enough = major > neededGo.major || (major === neededGo.major && minor >= neededGo.minor);
  return enough ? undefined : `this is ${stdout.trim()}`;
}
