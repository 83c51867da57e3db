import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { syncerFlags } from '@kcp-syncer/syncer-runtime/cli/flags.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import { metricSpecs } from '@kcp-syncer/syncer-runtime/observe/metric-names.js';
import { eventReasons } from '@kcp-syncer/syncer-runtime/sync/events/event.js';
import { componentMetricNames } from '@kcp-syncer/syncer-runtime/tmc/component-metrics.js';

const root = join(__dirname, '..', '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

function section(title: string): string {
  const start = readme.indexOf(`## ${title}`);
  if (start < 0) throw new Error(`the README has no section ${title}`);
  const end = readme.indexOf('\n## ', start + 3);
  return readme.slice(start, end < 0 ? undefined : end);
}

const kebab = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
const matches = (text: string, pattern: RegExp): string[] => [...new Set(text.match(pattern) ?? [])].sort();

test('the README lists every flag, and none that does not exist', () => {
  const flags = Object.keys(syncerFlags).map(kebab).sort();
  expect(matches(section('Flags of `workload-syncer`'), /--[a-z]+(?:-[a-z]+)*/g)).toEqual(flags);
});

test('the README gives each flag the default that it has', () => {
  const rows = section('Flags of `workload-syncer`').split('\n');
  for (const [name, flag] of Object.entries(syncerFlags)) {
    const row = rows.find((line) => line.includes(`\`${kebab(name)}\``)) ?? '';
    const shown = 'required' in flag ? 'required' : 'default' in flag ? flag.default : 'none';
    expect({ name, row }).toMatchObject({ row: expect.stringContaining(shown) as string });
  }
});

test('the README lists every environment variable', () => {
  const variables = Object.values(syncerFlags).flatMap((flag) => ('env' in flag ? [flag.env] : []));
  expect(matches(section('Flags of `workload-syncer`'), /SYNCER_[A-Z_]+/g)).toEqual(variables.sort());
});

test('the README lists every metric with its labels, and none that does not exist', () => {
  const rows = section('Metrics and health')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const names = rows.flatMap((row) => matches(row.split('|')[1] ?? '', /[a-z]+(?:_[a-z]+)+/g));
  const specs = Object.values(metricSpecs);
  expect(names.sort()).toEqual([...specs.map(({ name }) => name), ...Object.values(componentMetricNames)].sort());
  for (const { name, labels } of specs) {
    const shown = rows.find((row) => row.includes(`\`${name}\``))?.split('|')[2] ?? '';
    const outside = shown.replace(/\(.*?\)/g, '');
    expect({ name, labels: matches(outside, /[a-z_]+/g) }).toEqual({ name, labels: [...labels].sort() });
  }
});

test('the README names every reason of an Event', () => {
  for (const reason of Object.values(eventReasons)) expect(section('Events')).toContain(`\`${reason}\``);
});

test('the reasons that the README explains exist', () => {
  const known = new Set<string>(Object.values(reasons));
  const named = [section('How it fares: the SyncTarget'), section('When something is wrong')].join('\n');
  const conditions = new Set(['Ready', 'SyncerReady', 'HeartbeatReady', 'ResourcesReady', 'DeletionsAllowed']);
  const words = matches(named, /`[A-Z][a-z]+(?:[A-Z][a-zA-Z]+)+`/g).map((word) => word.slice(1, -1));
  expect(words.filter((word) => !known.has(word) && !conditions.has(word))).toEqual([]);
});

test('files and make targets that the README names exist', () => {
  const makefile = readFileSync(join(root, 'Makefile'), 'utf8');
  const targets = matches(readme, /(?<=`|^)make [a-z]+/gm);
  for (const target of targets) expect(makefile).toContain(`\n${target.slice(5)}:`);
  for (const path of matches(readme, /`(?:crds|syncer-runtime|e2e|docs)\/[a-z/-]*`/g))
    expect({ path, exists: existsSync(join(root, path.slice(1, -1))) }).toEqual({ path, exists: true });
  for (const path of matches(readme, /`(?:informer|controller|queue|sync|transforms)\/[a-z/-]+`/g)) {
    const file = join(root, 'syncer-runtime', 'src', path.slice(1, -1));
    expect({ path, exists: existsSync(file) || existsSync(`${file}.ts`) }).toEqual({ path, exists: true });
  }
});
