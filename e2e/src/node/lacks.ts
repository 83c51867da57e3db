import { existsSync } from 'node:fs';
import { runCommand } from '../harness/command.js';

/** What a real node needs: a command, and the Debian package that has it. */
const needed = [
  { command: 'containerd', debian: 'containerd' },
  { command: 'ctr', debian: 'containerd' },
  { command: 'runc', debian: 'runc' },
  { command: 'nft', debian: 'nftables' },
  { command: 'conntrack', debian: 'conntrack' },
  { command: 'ip', debian: 'iproute2' },
  { command: 'unshare', debian: 'util-linux' },
] as const;
const bridge = { file: '/usr/lib/cni/bridge', debian: 'containernetworking-plugins' };

/** Debian packages that are missing for a real node. */
export async function missingPackages(): Promise<string[]> {
  const missing = existsSync(bridge.file) ? [] : [bridge.debian];
  for (const { command, debian } of needed) {
    const { code } = await runCommand('sh', ['-c', 'command -v "$0"', command]);
    if (code !== 0) missing.push(debian);
  }
  return [...new Set(missing)].sort();
}

/** Why no real node can run here; undefined: one can. */
export async function lackOfNode(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it needs Linux';
  if (process.getuid?.() !== 0) return 'it needs root';
  const missing = await missingPackages();
  return missing.length === 0 ? undefined : `it needs ${missing.join(', ')} (apt-get install ${missing.join(' ')})`;
}
