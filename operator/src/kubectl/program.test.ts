import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { complete } from './completion.js';
import { commands, readCommandLine, type CommandWish } from './program.js';

function command(...argv: string[]): CommandWish {
  const wish = readCommandLine(argv);
  if (wish.kind !== 'command') throw new Error(wish.text);
  return wish;
}

test('flags with values, switches and arguments are told apart', () => {
  expect(command('connect', 'root:a', '-y', '-n', 'ns', '--resources=a', '--resources=b')).toEqual({
    kind: 'command',
    name: 'connect',
    args: ['root:a'],
    given: { namespace: ['ns'], resources: ['a', 'b'] },
    switches: new Set(['yes']),
  });
  expect(command('status', '-A').switches).toEqual(new Set(['all-namespaces']));
  expect(command('export', '-n', 'a', '--include-secrets').switches).toEqual(new Set(['include-secrets']));
});

test('without a command, and for help, there is a text; each command has its own', () => {
  for (const argv of [[], ['--help'], ['connect', '--help'], ['help', 'connect']])
    expect(readCommandLine(argv)).toMatchObject({ kind: 'text' });
  const text = readCommandLine(['--help']);
  for (const name of Object.keys(commands))
    expect(text).toMatchObject({ text: expect.stringContaining(name) as string });
});

test.each([
  [['conect', 'root:a'], /unknown command 'conect' \(Did you mean connect\?\)/],
  [['connect'], /missing required argument 'workspace'/],
  [['connect', 'root:a', 'root:b'], /too many arguments/],
  [['connect', 'root:a', '--wokspace=b'], /unknown option '--wokspace=b'|unknown option '--wokspace'/],
  [['status', '--output'], /argument missing/],
])('%j is refused in one line', (argv, message) => {
  expect(() => readCommandLine(argv)).toThrow(UsageError);
  expect(() => readCommandLine(argv)).toThrow(message);
});

test('commands are completed, then their flags, and for what is no command there is nothing', () => {
  expect(complete(['dis'])).toBe('disconnect\n:4\n');
  expect(complete(['connect', '--pr'])).toBe('--prefix\n--print\n:4\n');
  expect(complete(['status', '--all'])).toBe('--all-namespaces\n:4\n');
  expect(complete(['toString', '--'])).toBe(':4\n');
});
