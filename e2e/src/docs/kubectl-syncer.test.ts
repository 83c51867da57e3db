import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands } from '@kcp-syncer/operator/kubectl/program.js';
import { flagName } from '@kcp-syncer/syncer-runtime/cli/flags.js';

const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'kubectl-syncer.md'), 'utf8');
const ofAll = ['--context', '--kubeconfig'];

test.each(Object.entries(commands))(
  'the page lists the flags of %s, and none that it does not have',
  (name, command) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}`)) ?? '';
    const known = [
      ...Object.keys(command.flags).map(flagName),
      ...Object.keys(command.switches).map((key) => `--${key}`),
    ];
    expect((row.match(/--[a-z-]+/g) ?? []).sort()).toEqual(known.filter((flag) => !ofAll.includes(flag)).sort());
  },
);

test('every command and flag of the examples exists', () => {
  const lines = page.replaceAll(/\\\n\s*/g, '').match(/kubectl syncer [a-z-]+.*/g) ?? [];
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    const [, , name = ''] = line.split(/[ `]/);
    if (name === '' || name.startsWith('--')) continue;
    expect(Object.keys(commands)).toContain(name);
    const { flags, switches } = commands[name as keyof typeof commands];
    const known = [...Object.keys(flags).map(flagName), ...Object.keys(switches).map((key) => `--${key}`)];
    expect(known).toEqual(expect.arrayContaining(line.match(/ --[a-z-]+/g)?.map((flag) => flag.trim()) ?? []));
  }
});
