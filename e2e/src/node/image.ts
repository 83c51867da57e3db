import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runOrFail } from './run-or-fail.js';

/** What an image starts with. */
export interface ImageConfig {
  readonly Entrypoint: readonly string[];
  readonly User: string;
  readonly Env?: readonly string[];
}

/** A layer: a folder of files that become the root of the container. */
export type Layer = string;

/** This machine's Node.js with the libraries that it needs, as a layer: no registry is asked for a base image. */
export async function nodeLayer(folder: string): Promise<Layer> {
  const node = realpathSync(process.execPath);
  const libraries = (await runOrFail('ldd', [node])).match(/\/\S+/g) ?? [];
  for (const path of libraries) copy(path, join(folder, path));
  copy(node, join(folder, 'usr/bin/node'));
  for (const name of ['tmp', 'etc', 'proc', 'sys', 'dev']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/:/bin/false\n');
  writeFileSync(join(folder, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  return folder;
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(realpathSync(from), to);
}

/** Writes an archive with one image in the form of `docker save`, and gives its path. */
export async function imageArchive(
  folder: string,
  { tag, config, layers }: { readonly tag: string; readonly config: ImageConfig; readonly layers: readonly Layer[] },
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const digests: string[] = [];
  for (const layer of layers) {
    const file = `${layer}.tar`;
    const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
    await runOrFail('tar', [...same, '--create', `--file=${file}`, `--directory=${layer}`, '.']);
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
    symlinkSync(file, join(folder, `${digest}.tar`));
    digests.push(digest);
  }
  const rootfs = { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) };
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ architecture, os: 'linux', config, rootfs, history: [] }),
  );
  const Layers = digests.map((digest) => `${digest}.tar`);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [tag], Layers }]));
  const archive = `${folder}.tar`;
  const names = ['manifest.json', 'config.json', ...Layers];
  await runOrFail('tar', ['--create', '--dereference', `--file=${archive}`, `--directory=${folder}`, ...names]);
  return archive;
}
