import { EventEmitter } from 'node:events';
import type { Logger } from '../observe/logger.js';
import { reportCrashes, type CrashSource } from './crash.js';

class ExitError extends Error {}

function setup(): {
  events: EventEmitter;
  stdout: EventEmitter;
  written: string[];
  exits: number[];
  source: CrashSource;
} {
  const [events, stdout, stderr] = [new EventEmitter(), new EventEmitter(), new EventEmitter()];
  const [written, exits]: [string[], number[]] = [[], []];
  const source = {
    on: events.on.bind(events),
    exit: (code: number): never => {
      exits.push(code);
      throw new ExitError();
    },
    stdout,
    stderr: Object.assign(stderr, { write: (text: string) => written.push(text) }),
  };
  return { events, stdout, written, exits, source };
}

test.each(['uncaughtException', 'unhandledRejection'])('an %s is one line and exit code 1', (event) => {
  const { events, written, exits, source } = setup();
  reportCrashes(source);
  expect(() => events.emit(event, new Error('broken\nin two'))).toThrow(ExitError);
  expect(written).toEqual(['error: broken\\nin two\n']);
  expect(exits).toEqual([1]);
});

test('once there is a logger, it tells', () => {
  const { events, written, exits, source } = setup();
  const error = new Error('broken');
  const log = jest.fn();
  reportCrashes(source).use({ error: log } as unknown as Logger);
  expect(() => events.emit('uncaughtException', error)).toThrow(ExitError);
  expect(log).toHaveBeenCalledWith('internal fault, the syncer ends', error);
  expect([written, exits]).toEqual([[], [1]]);
});

test('a report that fails itself does not keep the process', () => {
  const { events, exits, source } = setup();
  const failing = (): never => {
    throw new Error('no disk');
  };
  reportCrashes(source).use({ error: failing } as unknown as Logger);
  expect(() => events.emit('uncaughtException', new Error('broken'))).toThrow(ExitError);
  expect(exits).toEqual([1]);
});

test('when nobody reads the output any more, the process ends without a word', () => {
  const { stdout, written, exits, source } = setup();
  reportCrashes(source);
  expect(() => stdout.emit('error', new Error('EPIPE'))).toThrow(ExitError);
  expect([written, exits]).toEqual([[], [1]]);
});
