import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { neverSyncedType } from '@kcp-syncer/syncer-runtime/select/never-types.js';
import { parse } from 'yaml';

const folder = join(__dirname, '..', '..', '..', 'charts', 'kcp-syncer');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const values = parse(read('values.yaml')) as Values;
interface Values {
  readonly [key: string]: unknown;
}

/** Values that are described as a whole. */
const whole = new Set(['resources', 'topologySpreadConstraints', 'sync.resources']);

/** Each value that can be set by itself, as `image.tag`. */
function leaves(of: Values, prefix = ''): [string, unknown][] {
  return Object.entries(of).flatMap(([key, value]): [string, unknown][] => {
    const path = prefix + key;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup && Object.keys(value).length > 0 && !whole.has(path)
      ? leaves(value as Values, `${path}.`)
      : [[path, value]];
  });
}

const table = (read('README.md').split('## Values')[1] ?? '').split('\n## ')[0] ?? '';

/** What the page says of each value's default. */
const described = new Map(
  table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line): [string, string][] => {
      const [names = '', defaults = ''] = line.slice(2).split(' | ');
      const keys = names.split(', ').map((name) => name.slice(1, -1));
      const texts = keys.length > 1 ? defaults.split(', ') : [defaults];
      return keys.map((key, i) => [key, texts[i] ?? '']);
    }),
);

test('every value is described with its default', () => {
  const expected = leaves(values).map(([path, value]) => {
    const shown = typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
    return [path, whole.has(path) ? (described.get(path) ?? 'missing') : `\`${shown}\``];
  });
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(expected));
});

test('the number of types that may be synced is told, and each of them can be', () => {
  const { resources } = values['sync'] as { resources: string[] };
  expect(described.get('sync.resources')).toBe(`${resources.length} types`);
  for (const type of resources) {
    const [resource = '', ...group] = type.split('.');
    expect({ type, why: neverSyncedType({ resource, group: group.join('.'), namespaced: true }) }).toEqual({ type });
  }
});

test('the schema knows every value', () => {
  const schema = JSON.parse(read('values.schema.json')) as Schema;
  expect(leaves(values).filter(([path]) => !knows(schema, path.split('.')))).toEqual([]);
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
}

function knows(schema: Schema | undefined, [first, ...rest]: readonly string[]): boolean {
  return first === undefined ? schema !== undefined : knows(schema?.properties?.[first], rest);
}
