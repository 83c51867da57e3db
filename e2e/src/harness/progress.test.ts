import { elapsed, withProgress } from './progress.js';

describe('withProgress', () => {
  it('is plain lines where nobody looks at a terminal', async () => {
    let text = '';
    expect(await withProgress('kcp', async () => await Promise.resolve(1), { write: (more) => (text += more) })).toBe(
      1,
    );
    expect(text).toBe('kcp: started\nkcp: done in 0s\n');
  });

  it('erases its spinner on a terminal', async () => {
    let text = '';
    const out = { isTTY: true, write: (more: string) => (text += more) };
    await expect(withProgress('kcp', async () => await Promise.reject(new Error('no disk')), out)).rejects.toThrow(
      'no disk',
    );
    expect(text).toBe('\r\u001b[Kkcp: failed after 0s\n');
  });
});

describe('elapsed', () => {
  it('is read at a glance', () => {
    expect([elapsed(7400), elapsed(65_000), elapsed(119_900)]).toEqual(['7s', '1m05s', '2m00s']);
  });
});
