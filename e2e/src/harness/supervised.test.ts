import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { runCommand } from './command.js';
import { spawnSupervised } from './supervised.js';

/** Whether a process runs; one that nobody waited for yet is as good as gone. */
async function runs(pid: number): Promise<boolean> {
  const { stdout } = await runCommand('ps', ['-o', 'stat=', '-p', String(pid)]);
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('spawnSupervised', () => {
  it('gives the child its own process number, input and environment', async () => {
    const { child, exit, pid } = spawnSupervised({
      command: 'sh',
      args: ['-c', 'read -r line; echo "$$ $line $COLOUR"; exit 7'],
      input: 'hello\n',
      env: { COLOUR: 'blue' },
    });
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    expect(line).toBe(`${pid} hello blue`);
    expect(await exit).toEqual({ code: 7, signal: null });
  });

  it('leaves a kept child alone', async () => {
    const { child, pid, exit } = spawnSupervised({ command: 'sleep', args: ['60'], keep: true });
    expect(await runs(pid)).toBe(true);
    child.ref();
    child.kill('SIGKILL');
    expect(await exit).toEqual({ code: null, signal: 'SIGKILL' });
  });
});
