import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = '/sys/fs/cgroup';
/** The kubelet keeps all Pods below it. */
export const cgroupRoot = '/kcs-node';

/** Each controller's tree, or the one tree of version 2. */
function trees(): string[] {
  if (existsSync(join(root, 'cgroup.controllers'))) return [root];
  const names = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids', 'systemd'];
  return names.map((name) => join(root, name)).filter((path) => existsSync(path));
}

/** Makes the group that the kubelet needs to be there. */
export function makeCgroups(): void {
  for (const tree of trees()) {
    const path = join(tree, cgroupRoot);
    mkdirSync(path, { recursive: true });
    // A group of version 1 has no processors until it is told which.
    for (const file of ['cpuset.cpus', 'cpuset.mems'].filter((name) => existsSync(join(tree, name))))
      writeFileSync(join(path, file), readFileSync(join(tree, file)));
  }
}

/** Removes the group and all below it, in trees that the kubelet does not use too; no process may be in them. */
export function removeCgroups(): void {
  const all = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const tree of [root, ...all.map(({ name }) => join(root, name))]) removeBelow(join(tree, cgroupRoot));
}

function removeBelow(path: string): void {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeBelow(join(path, entry.name));
  rmdirSync(path);
}
