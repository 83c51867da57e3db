import { Writable } from 'node:stream';
import { FakeClock } from '../base/clock.fixture.js';
import type { Logger, Verbosity } from './logger.js';
import { createLogger } from './winston-logger.js';

function setup(verbosity: Verbosity = 2, format: 'text' | 'json' = 'text'): { logger: Logger; lines: () => string[] } {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      written.push(chunk.toString('utf8'));
      callback();
    },
  });
  const logger = createLogger({ verbosity, format, stream, clock: new FakeClock() });
  return {
    logger,
    lines: () => {
      const text = written.join('');
      expect(text === '' || text.endsWith('\n')).toBe(true);
      return text.split('\n').slice(0, -1);
    },
  };
}

test.each([1, 2, 3, 4] as const)('at verbosity %i the lines of that verbosity and below are written', (verbosity) => {
  const { logger, lines } = setup(verbosity);
  for (const v of [1, 2, 3, 4] as const) logger.log(v, `line-${v}`);
  expect(lines().map((line) => Number(line.slice(-1)))).toEqual([1, 2, 3, 4].slice(0, verbosity));
  expect([1, 2, 3, 4].map((v) => logger.enabled(v as Verbosity))).toEqual([1, 2, 3, 4].map((v) => v <= verbosity));
});

test('warnings and errors are written at every verbosity', () => {
  const { logger, lines } = setup(1);
  logger.warn('look at this');
  logger.error('cannot apply', new Error('broken'));
  expect(lines()).toEqual([
    expect.stringContaining(' WARN  look at this'),
    expect.stringContaining(' ERROR cannot apply error=broken'),
  ]);
});

test('an error line carries TMC type, severity and hint', () => {
  const { logger, lines } = setup(1, 'json');
  const error = Object.assign(new Error('secrets is forbidden'), { status: 403, reason: 'Forbidden' });
  logger.error('cannot list', error, { resource: 'secrets' });
  expect(JSON.parse(lines()[0]!)).toEqual({
    time: '2026-01-01T00:00:00.000Z',
    level: 'error',
    message: 'cannot list',
    resource: 'secrets',
    error: 'secrets is forbidden',
    tmcErrorType: 'ResourcePermission',
    severity: 'High',
    hint: expect.stringContaining('Grant') as unknown,
  });
});

test('a mistake of the program shows where it happened, in the same line', () => {
  const { logger, lines } = setup(1, 'json');
  logger.error('pass', new TypeError('x is not a function\nsecond line'));
  expect(lines()).toHaveLength(1);
  expect(JSON.parse(lines()[0]!)).toMatchObject({
    tmcErrorType: 'InternalError',
    stack: expect.stringMatching(/^at .*winston-logger\.test\.ts/) as unknown,
  });
});

test('a child puts its fields on every line, and its own children add theirs', () => {
  const { logger, lines } = setup();
  const child = logger.child({ resource: 'deployments.apps' }).child({ key: 'default/web' });
  child.log(2, 'synced', { wrote: 'apply' });
  logger.log(2, 'other');
  expect(lines()[0]).toMatch(/synced resource=deployments.apps key=default\/web wrote=apply$/);
  expect(lines()[1]).toMatch(/other$/);
});

test.each(['text', 'json'] as const)('one record is one %s line, whatever it holds', (format) => {
  const { logger, lines } = setup(2, format);
  const hostile = 'web\n2026-01-01T00:00:00.000Z ERROR forged';
  logger.log(2, hostile, { name: hostile });
  logger.error(hostile, new Error(hostile), { name: hostile });
  expect(lines()).toHaveLength(2);
});

test('secret values that servers and parsers quote never reach a line', () => {
  const canary = 'c4n4ry';
  const refused = Object.assign(new Error(`Secret "s" is invalid: data[k]: Invalid value: "${canary}"`), {
    status: 422,
  });
  const unparsable = new SyntaxError(`Unexpected token 'c', "{"a": ${canary}" is not valid JSON`);
  for (const format of ['text', 'json'] as const) {
    const { logger, lines } = setup(4, format);
    logger.error('apply', refused);
    logger.error('parse', unparsable);
    expect(lines()).toHaveLength(2);
    expect(lines().join('\n')).not.toContain(canary);
  }
});
