import { Daemon } from './daemon.js';

const node = (script: string): Daemon => new Daemon({ command: process.execPath, args: ['-e', script] });

describe('Daemon', () => {
  it('waits for a line of either output, whether it is there or still to come', async () => {
    const daemon = node(
      `console.log('one'); setTimeout(() => { console.error('two') }, 50); setTimeout(() => {}, 60000)`,
    );
    expect(await daemon.waitForLine(/two/)).toBe('two');
    expect(await daemon.waitForLine(/on/)).toBe('one');
    expect(await daemon.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(daemon.lines).toEqual(['one', 'two']);
  });

  it('does not take an old line for a new one when told where to begin', async () => {
    const daemon = node(`console.log('tick'); setTimeout(() => {}, 60000)`);
    await daemon.waitForLine(/tick/);
    const again = daemon.waitForLine(/tick/, { from: daemon.lines.length, timeoutMs: 20 });
    await expect(again).rejects.toThrow('no line /tick/ in 0.02 s; the last lines:\ntick');
    expect(await daemon.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('says at once that a command ended without the line', async () => {
    const daemon = node(`console.log('bad flag'); process.exitCode = 2`);
    await expect(daemon.waitForLine(/ready/)).rejects.toThrow(
      'no line /ready/ before it ended ({"code":2,"signal":null}); the last lines:\nbad flag',
    );
    expect(await daemon.exit).toEqual({ code: 2, signal: null });
  });
});
