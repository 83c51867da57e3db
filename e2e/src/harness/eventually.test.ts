import { eventually } from './eventually.js';

describe('eventually', () => {
  it('gives back the first good answer', async () => {
    const answers = [undefined, null, false, 0];
    expect(await eventually('an answer', () => answers.shift(), { pollMs: 1 })).toBe(0);
  });

  it('takes an error for "not yet"', async () => {
    let calls = 0;
    const probe = (): string => {
      if (++calls < 3) throw new Error('not yet');
      return 'good';
    };
    expect(await eventually('no error', probe, { pollMs: 1 })).toBe('good');
  });

  it('says what was waited for and what was seen last', async () => {
    const limits = { timeoutMs: 5, pollMs: 1 };
    await expect(eventually('rain', () => false, limits)).rejects.toThrow(
      'not in 0.005 s: rain; the last answer was false',
    );
    const failing = async (): Promise<never> => await Promise.reject(new Error('503: busy'));
    await expect(eventually('rain', failing, limits)).rejects.toThrow('the last error was 503: busy');
  });
});
