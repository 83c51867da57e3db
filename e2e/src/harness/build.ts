import { createHash } from 'node:crypto';
import { access, constants, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { linkerFlags, modulesFolder, recipes, variableOf } from './binaries.js';
import type { BinaryName, Recipe } from './binaries.js';
import { withLock } from './build-lock.js';
import { goBuild } from './go-build.js';
import { withProgress } from './progress.js';
import type { ProgressOutput } from './progress.js';

/** The path of each named binary. */
export type Binaries<N extends BinaryName> = Readonly<Record<N, string>>;

/**
 * Finds binaries, each in this order: its environment variable, the user's cache, a build into that cache.
 * @throws when a variable names no executable, when `go` is missing or too old, or when a build fails.
 */
export async function findBinaries<N extends BinaryName>(
  names: readonly N[],
  out: ProgressOutput = process.stderr,
): Promise<Binaries<N>> {
  const found: [N, string][] = [];
  for (const [index, name] of names.entries()) {
    found.push([name, await findBinary(name, `[${index + 1}/${names.length}] building ${name}`, out)]);
  }
  return Object.fromEntries(found) as Binaries<N>;
}

async function findBinary(name: BinaryName, title: string, out: ProgressOutput): Promise<string> {
  const given = process.env[variableOf(name)];
  if (given !== undefined && given !== '') {
    if (await isExecutable(given)) return given;
    throw new Error(`${variableOf(name)} names no executable file: ${given}`);
  }
  const recipe: Recipe = recipes[name];
  const path = join(await cacheFolder(recipe), name);
  if (await isExecutable(path)) return path;
  return await withProgress(title, async () => await buildOnce(recipe, path), out);
}

/** The cache keeps one folder per state of the module files, so an old checkout still finds its own binaries. */
async function cacheFolder(recipe: Recipe): Promise<string> {
  const given = process.env['XDG_CACHE_HOME'] ?? '';
  const cache = given === '' ? join(homedir(), '.cache') : given;
  const folder = join(cache, 'kcp-workload-syncer', await fingerprint(recipe));
  await mkdir(folder, { recursive: true });
  return folder;
}

async function fingerprint(recipe: Recipe): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([recipe.module ?? recipe.package, linkerFlags(recipe)]));
  if (recipe.module !== undefined) {
    const folder = join(modulesFolder, recipe.module);
    const files = await readdir(folder, { recursive: true });
    for (const file of files.filter((path) => /go\.(mod|sum)$/.test(path)).sort()) {
      hash.update(file).update(await readFile(join(folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Builds beside `path` and renames, so that nobody ever runs half a binary. */
async function buildOnce(recipe: Recipe, path: string): Promise<string> {
  await withLock(`${path}.lock`, async () => {
    if (await isExecutable(path)) return;
    const scratch = `${path}.building`;
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch);
    try {
      await rename(await goBuild(recipe, scratch), path);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
  return path;
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
