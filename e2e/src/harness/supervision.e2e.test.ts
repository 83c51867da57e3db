import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { runCommand } from './command.js';
import { eventually } from './eventually.js';
import { runsVariable } from './run-folder.js';

jest.setTimeout(120_000);

interface World {
  readonly folder: string;
  readonly pids: readonly number[];
}

/** Starts a cluster from a process of its own, which then does `next`. */
async function startElsewhere(
  next: string,
  env: Record<string, string> = {},
): Promise<{ owner: ChildProcessByStdio<null, Readable, Readable>; world: World }> {
  const compiled = JSON.stringify(join(import.meta.dirname, '..', '..', 'dist', 'harness', 'cluster.js'));
  const script = `
    import { startCluster } from ${compiled};
    const cluster = await startCluster({ controllers: 'basic' });
    console.log(JSON.stringify({ folder: cluster.folder, pids: cluster.pids }));
    ${next}`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, [runsVariable]: '', ...env },
  });
  const [line] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
  return { owner, world: JSON.parse(line) as World };
}

/** The process numbers of those that still run. */
async function running(pids: readonly number[]): Promise<number[]> {
  const { stdout } = await runCommand('ps', ['-o', 'pid=,stat=', '-p', pids.join(',')]);
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  return rows.filter(([, state]) => state !== undefined && !state.startsWith('Z')).map(([pid]) => Number(pid));
}

describe('the servers of a harness', () => {
  it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
    'end with a process that gets %s, and leave no folder',
    async (signal) => {
      const { owner, world } = await startElsewhere('await new Promise(() => setInterval(() => {}, 1000));');
      expect(await running(world.pids)).toHaveLength(3);
      owner.kill(signal);
      await eventually('the servers are gone', async () => (await running(world.pids)).length === 0, {
        timeoutMs: 10_000,
      });
      await eventually('the folder is gone', () => !existsSync(world.folder), { timeoutMs: 10_000 });
    },
  );

  it('end and leave no folder when they are stopped', async () => {
    const { owner, world } = await startElsewhere('await cluster.stop();');
    const [code] = (await once(owner, 'exit')) as [number];
    expect(code).toBe(0);
    expect(await running(world.pids)).toEqual([]);
    expect(existsSync(world.folder)).toBe(false);
  });

  it('stay up with KEEP=1, and the kubeconfig is told', async () => {
    const { owner, world } = await startElsewhere('await cluster.stop(); process.exit();', { KEEP: '1' });
    const [told] = (await once(createInterface({ input: owner.stderr }), 'line')) as [string];
    if (owner.exitCode === null) await once(owner, 'exit');
    const kept = await running(world.pids);
    for (const pid of kept) process.kill(pid, 'SIGKILL');
    expect(kept).toHaveLength(3);
    expect(told).toContain(`export KUBECONFIG=${world.folder}/admin.kubeconfig; end it with: kill -9 `);
    expect(existsSync(world.folder)).toBe(true);
    await rm(world.folder, { recursive: true, force: true, maxRetries: 5 });
  });
});
