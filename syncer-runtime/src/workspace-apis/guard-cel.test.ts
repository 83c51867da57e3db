import { growthVariable, lossVariables } from './guard-cel.js';
import type { KeyedList } from './keyed-lists.js';

// what the expressions find is decided by servers, and tried on them (e2e/src/workspace-apis/guard.servers.test.ts)

const env: KeyedList = { path: ['env'], keys: ['name'], inner: [], depth: 3 };
const containers = (name: string): KeyedList => ({ path: ['spec', name], keys: ['name'], inner: [env], depth: 1 });

test('lists of the same name within different lists are read by one variable', () => {
  const names = lossVariables([containers('containers'), containers('initContainers')]).map(({ name }) => name);
  expect(names).toEqual(['entries', 'entries_env', 'pairs', 'lost', 'stripped']);
});

test('losses are looked for as deep as the deepest entry goes', () => {
  const [deep, shallow] = [lossVariables([containers('containers')]), lossVariables([{ ...env, depth: 1 }])];
  const lost = (variables: typeof deep): string => variables.find(({ name }) => name === 'lost')?.expression ?? '';
  expect(lost(deep)).toContain('k2');
  expect(lost(deep)).not.toContain('k3');
  expect(lost(shallow)).not.toContain('k1');
});

test('without lists and maps nothing is found', () => {
  const variables = [...lossVariables([]), growthVariable([])];
  expect(variables.find(({ name }) => name === 'entries')).toEqual({ name: 'entries', expression: '[]' });
  expect(variables.find(({ name }) => name === 'grown')).toEqual({ name: 'grown', expression: '[]' });
});
