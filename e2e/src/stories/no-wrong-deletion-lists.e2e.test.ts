import { readFileSync } from 'node:fs';
import { credentialsOf } from '../harness/kubeconfig.js';
import { eventually } from '../harness/eventually.js';
import { emptied, expired, FaultProxy } from './fault-proxy.fixture.js';
import { inWords } from './objects.fixture.js';
import { treasure, type Treasure } from './no-wrong-deletion.fixture.js';

jest.setTimeout(240_000);

/** Not the looks for one object whose answer only counts as such. */
const listOfAnyType = /\/(configmaps|notes|widgets)\?limit=(?!1(&|$))/;
const listOfNotes = /\/notes\?limit=(?!1(&|$))/;
const watchOfAnyType = /\/(configmaps|notes|widgets)\?.*\bwatch=true/;

describe('copies are safe when kcp', () => {
  let found: Treasure;
  let proxy: FaultProxy;
  let throughProxy: string;

  beforeAll(async () => {
    found = await treasure();
    const { kubeconfigPath } = found.world.accounts.up;
    proxy = await new FaultProxy(() => credentialsOf(readFileSync(kubeconfigPath, 'utf8'))).listen();
    throughProxy = proxy.kubeconfig(kubeconfigPath);
    await found.world.stop();
  });

  afterAll(async () => {
    await proxy.stop();
  });

  it('answers the first list of a type with an empty one: the syncer looks at each object before it believes that it is gone', async () => {
    const { world } = found;
    const before = await found.before();
    const asked = world.kcp.audit.mark();
    proxy.lie({ path: listOfNotes, rewrite: emptied, times: 1 });
    await world.start({ 'kcp-kubeconfig': throughProxy });
    await eventually('kcp has lied', () => proxy.isSpent);
    await found.eventuallyWhole();
    await world.eventuallyCondition('Ready', 'True');
    await world.twoHeartbeats();
    await found.expectUntouched(before);
    const { user } = world.accounts.up;
    const asks = inWords(world.kcp.audit.since(asked).filter((entry) => entry.user === user));
    expect(asks).toEqual(expect.arrayContaining(found.things.map((name) => `get notes ${name}`)));
    await world.stop();
  });

  it('answers lists of all types with empty ones: what vanishes at once is held, until it is back', async () => {
    const { world } = found;
    const before = await found.before();
    proxy.lie();
    await world.start({ 'kcp-kubeconfig': throughProxy });
    await world.twoHeartbeats();
    proxy.lie({ path: watchOfAnyType, reply: expired, times: 3 }, { path: listOfAnyType, rewrite: emptied });
    proxy.cut();
    const held = await world.eventuallyCondition('DeletionsAllowed', 'False', 'DeletionsHeld');
    expect(held.message).toMatch(/^\d+ deletions are held back: \d+ of 30 objects vanished from the workspace unseen/);
    expect(await world.condition('Ready')).toMatchObject({ status: 'False', reason: 'DeletionsHeld' });
    await world.twoHeartbeats();
    await found.expectUntouched(before);

    proxy.lie({ path: watchOfAnyType, reply: expired, times: 3 });
    proxy.cut();
    await world.eventuallyCondition('DeletionsAllowed', 'True');
    await found.eventuallyWhole();
    await world.eventuallyCondition('Ready', 'True');
    await found.eventuallyAnother();
    await found.expectUntouched({ ...before, mark: world.cluster.audit.mark() });
  });
});
