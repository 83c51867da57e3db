import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSyncerDeployment } from '@kcp-syncer/crds/syncer-deployment.js';
import { operatorFlags } from '@kcp-syncer/operator/cli/flags.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import { parse } from 'yaml';

const page = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'operator.md'), 'utf8');

function section(title: string): string {
  const start = page.indexOf(`## ${title}`);
  const end = page.indexOf('\n## ', start + 3);
  return page.slice(start, end < 0 ? undefined : end);
}

const rows = section('Flags of `syncer-operator`')
  .split('\n')
  .filter((line) => line.startsWith('| `--'));

test('the page lists every flag of the operator with its default, and none that does not exist', () => {
  const expected = Object.entries(operatorFlags).map(([key, flag]) => {
    const name = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return { name, value: 'default' in flag ? flag.default : '', variable: 'env' in flag ? flag.env : '' };
  });
  const shown = rows.map((row) => row.match(/--[a-z-]+/)?.[0]);
  expect([...shown].sort()).toEqual(expected.map(({ name }) => name).sort());
  for (const { name, value, variable } of expected) {
    const row = rows.find((line) => line.includes(`\`${name}\``)) ?? '';
    expect(row).toContain(value);
    expect(row).toContain(variable);
  }
});

test('the example is a SyncerDeployment', () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  expect(readSyncerDeployment(parse(example) as object).mistakes).toBeUndefined();
});

test('the reasons that the page explains exist', () => {
  const named = section('See how it fares').match(/^\| (`\w+`(?:, `\w+`)*)/gm) ?? [];
  const words = named.flatMap((row) => row.match(/\w+/g) ?? []);
  expect(words.length).toBeGreaterThan(10);
  expect(words.filter((word) => !(word in reasons))).toEqual([]);
});
