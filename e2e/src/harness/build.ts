import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { linkerFlags, modulesFolder, recipes, variableOf } from './binaries.js';
import type { BinaryName, Recipe } from './binaries.js';
import { withLock } from './build-lock.js';
import { withProgress } from './progress.js';
import type { ProgressOutput } from './progress.js';

const run = promisify(execFile);
const maxOutputBytes = 64 * 1024 * 1024;

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
    found.push([name, await findBinary(name, `[${index + 1}/${names.length}] ${name}`, out)]);
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
  const folder = await cacheFolder(recipe);
  const path = join(folder, name);
  if (await isExecutable(path)) return path;
  await mkdir(folder, { recursive: true });
  return await withProgress(title, async () => await buildOnce(recipe, path), out);
}

/** The cache keeps one folder per state of the module files, so an old checkout still finds its own binaries. */
async function cacheFolder(recipe: Recipe): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? '';
  return join(cache === '' ? join(homedir(), '.cache') : cache, 'kcp-workload-syncer', await fingerprint(recipe));
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

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Builds beside `path` and renames, so that nobody ever runs half a binary. */
async function buildOnce(recipe: Recipe, path: string): Promise<string> {
  await withLock(`${path}.lock`, async () => {
    if (await isExecutable(path)) return;
    const scratch = await mkdtemp(`${path}.`);
    try {
      await rename(await build(recipe, scratch), path);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
  return path;
}

async function build(recipe: Recipe, scratch: string): Promise<string> {
  const cwd = recipe.module === undefined ? scratch : join(modulesFolder, recipe.module);
  await requireGo(recipe.package, cwd);
  const args = [...linkerFlags(recipe), recipe.package];
  if (recipe.module === undefined) await go(['install', ...args], cwd, scratch);
  else await go(['build', '-o', `${scratch}/`, ...args], cwd, scratch);
  const [made] = await readdir(scratch);
  if (made === undefined) throw new Error(`go made no binary of ${recipe.package}`);
  return join(scratch, basename(made));
}

/** Asked inside the module, because go fetches the toolchain that a module wants when it may. */
async function requireGo(target: string, cwd: string): Promise<void> {
  const needed = `building ${target} needs go ≥ 1.26`;
  const { stdout } = await run('go', ['env', 'GOVERSION'], { cwd }).catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(missing ? `${needed}, and there is no go on the PATH` : `${needed}: ${textOf(error)}`);
  });
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(stdout.trim()) ?? [];
  if (Number(major) < 1 || (Number(major) === 1 && Number(minor) < 26))
    throw new Error(`${needed}, this is ${stdout.trim()}`);
}

async function go(args: string[], cwd: string, scratch: string): Promise<void> {
  const env = { ...process.env, GOBIN: scratch, GOWORK: 'off' };
  await run('go', args, { cwd, env, maxBuffer: maxOutputBytes }).catch((error: unknown) => {
    throw new Error(`go ${args.join(' ')} failed in ${cwd}:\n${textOf(error)}`);
  });
}

function textOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return stderr !== undefined && stderr !== '' ? stderr.trim().slice(-4000) : message;
}
