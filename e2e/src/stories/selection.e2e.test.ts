import { uniqueName } from '../harness/shared.js';
import { prepareConnection, type Connected } from './connected.fixture.js';
import { eventuallyObject, namesIn, secrets, serviceAccounts } from './kinds.fixture.js';
import { configMaps, makeNamespace } from './objects.fixture.js';

jest.setTimeout(180_000);

const prefix = uniqueName('selected');
const [teamA, teamB, hidden, elsewhere] = [`${prefix}-a`, `${prefix}-b`, `${prefix}-private`, uniqueName('elsewhere')];
const kinds = [
  { ...secrets, kind: 'Secret' },
  { ...serviceAccounts, kind: 'ServiceAccount' },
  { ...configMaps, kind: 'ConfigMap' },
];

let world: Connected;

/** An object of each type in each namespace. */
beforeAll(async () => {
  world = await prepareConnection();
  for (const namespace of [elsewhere, hidden, teamB, teamA]) {
    await makeNamespace(world.up, namespace);
    for (const { kind, ...type } of kinds) await world.up.apply({ ...type, namespace, name: 'thing' }, { kind });
  }
});

/** What a syncer with these flags has brought into the cluster, as `namespace/resource`. */
async function broughtBy(flags: Readonly<Record<string, string>>): Promise<string[]> {
  await world.start(flags);
  await eventuallyObject(world.down, { ...configMaps, namespace: teamA, name: 'thing' });
  await world.twoHeartbeats();
  await world.stop();
  const found = [teamA, teamB, hidden, elsewhere].flatMap((namespace) =>
    kinds.map(async ({ kind: _, ...type }) => {
      const names = await namesIn(world.down, { ...type, namespace });
      return names.includes('thing') ? [`${namespace}/${type.resource}`] : [];
    }),
  );
  return (await Promise.all(found)).flat().sort();
}

function all(namespaces: readonly string[], resources: readonly string[]): string[] {
  return namespaces.flatMap((namespace) => resources.map((resource) => `${namespace}/${resource}`)).sort();
}

/** Each selects more than the one before. */
describe('a syncer brings', () => {
  it('the types and namespaces that flags name, and no others', async () => {
    const brought = await broughtBy({ resources: 'v1/configmaps', 'sync-namespaces': teamA });
    expect(brought).toEqual(all([teamA], ['configmaps']));
    const types = (await world.syncTarget()).status?.resources?.map(({ resource }) => resource);
    expect(types).toEqual(['configmaps']);
    expect(await world.down.find({ apiVersion: 'v1', resource: 'namespaces', name: teamB })).toBeUndefined();
  });

  it('all but the types and namespaces that flags exclude', async () => {
    const flags = { 'exclude-resources': 'secrets', 'sync-namespaces': `${prefix}-*`, 'exclude-namespaces': hidden };
    expect(await broughtBy(flags)).toEqual(all([teamA, teamB], ['configmaps', 'serviceaccounts']));
  });

  it('everything without flags', async () => {
    const everything = all([teamA, teamB, hidden, elsewhere], ['configmaps', 'secrets', 'serviceaccounts']);
    expect(await broughtBy({})).toEqual(everything);
  });
});
