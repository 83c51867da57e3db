import { FakeClock } from '../../base/clock.fixture.js';
import { asDownstream, asUpstream } from '../../base/sides.js';
import { FakeServer, configMaps, namespacesType } from '../../informer/fake-server.fixture.js';
import { ObjectMap } from '../../informer/object-map.js';
import type { KubeClient } from '../../kube/client.js';
import { annotations, ownerLabel } from '../../object/marks.js';
import type { ChainVerdict } from '../evidence/verdict.js';
import { MemoryLogger } from '../world.fixture.js';
import { NamespaceCleaner } from './cleaner.js';
import { claimOf, namespaceFactsOf, type NamespaceFacts } from './facts.js';

const owner = 'owner';

/** A cleaner at work over two servers, and what it believes of their namespaces. */
class Setting {
  readonly clock = new FakeClock();
  readonly up = new FakeServer('upstream');
  readonly down = new FakeServer('downstream');
  readonly namespaces = { upstream: mapOf(), downstream: mapOf() };
  chain: ChainVerdict = { kind: 'intact' };
  inUse = false;
  doubt: Error | undefined;
  readonly ending = new AbortController();
  readonly cleaner = new NamespaceCleaner({
    upstream: asUpstream<KubeClient>(this.up.client()),
    downstream: asDownstream<KubeClient>(this.down.client()),
    owner,
    upstreamNamespaces: this.namespaces.upstream,
    downstreamNamespaces: this.namespaces.downstream,
    isInUse: () => this.inUse,
    look: () => Promise.resolve(this.chain),
    assertKnownCluster: () => {
      if (this.doubt) throw this.doubt;
    },
    clock: this.clock,
    logger: new MemoryLogger(),
  });

  constructor(marks: Record<string, string> = { [annotations.namespaceCreated]: 'true' }) {
    this.down.serve(configMaps);
    const annotationsOfIt = { [annotations.namespaceClaim]: claimOf(owner, 'my-cluster', 'team'), ...marks };
    this.down.put(namespacesType, { metadata: { name: 'team', annotations: annotationsOfIt } });
    void this.cleaner.run(this.ending.signal);
  }

  /** Both sides' namespaces are listed. */
  see(): this {
    for (const side of ['upstream', 'downstream'] as const) {
      const server = side === 'upstream' ? this.up : this.down;
      this.namespaces[side].listStarted();
      this.namespaces[side].page(server.list(namespacesType));
      this.namespaces[side].listed();
    }
    return this;
  }

  get namespace(): ReturnType<FakeServer['get']> {
    return this.down.get(namespacesType, 'team');
  }
}

function mapOf(): ObjectMap<NamespaceFacts> {
  return new ObjectMap({ factsOf: namespaceFactsOf, onChange: () => undefined, onTrouble: () => undefined });
}

let setting: Setting;

afterEach(() => {
  setting.ending.abort();
});

describe('a namespace that we created, whose upstream namespace is gone', () => {
  test('is removed when nothing but noise is inside, after two looks', async () => {
    setting = new Setting().see();
    setting.down.put(configMaps, { metadata: { name: 'kube-root-ca.crt', namespace: 'team' } });
    await setting.clock.advance(5_000);
    expect(setting.namespace).toBeDefined();
    await setting.clock.advance(5_000);
    expect(setting.namespace).toBeUndefined();
    expect(setting.cleaner.kept()).toEqual([]);
  });

  test('is removed by its uid and the version that was looked at', async () => {
    setting = new Setting().see();
    const { uid, resourceVersion } = setting.namespace!.metadata;
    await setting.clock.advance(10_000);
    expect(JSON.parse(setting.down.requests.find(({ method }) => method === 'DELETE')?.body ?? '')).toMatchObject({
      preconditions: { uid, resourceVersion },
    });
  });

  test('is kept while something else is inside, and told what', async () => {
    setting = new Setting().see();
    setting.down.put(configMaps, { metadata: { name: 'theirs', namespace: 'team' } });
    await setting.clock.advance(60_000);
    expect(setting.namespace).toBeDefined();
    expect(setting.cleaner.kept()).toMatchObject([
      { name: 'team', message: expect.stringContaining('configmaps theirs') as string },
    ]);
  });

  test('is kept while something came into it between the two looks', async () => {
    setting = new Setting().see();
    await setting.clock.advance(5_000);
    setting.down.put(configMaps, { metadata: { name: 'theirs', namespace: 'team' } });
    await setting.clock.advance(60_000);
    expect(setting.namespace).toBeDefined();
  });

  test('is kept while we know of a copy in it', async () => {
    setting = new Setting().see();
    setting.inUse = true;
    await setting.clock.advance(60_000);
    expect(setting.down.writes()).toEqual([]);
    setting.inUse = false;
    await setting.clock.advance(120_000);
    expect(setting.namespace).toBeUndefined();
  });

  test('is kept while the workspace has the namespace after all', async () => {
    setting = new Setting().see();
    setting.up.put(namespacesType, { metadata: { name: 'team' } });
    await setting.clock.advance(60_000);
    expect(setting.down.writes()).toEqual([]);
  });

  test.each<ChainVerdict>([
    { kind: 'incident', cause: 'workspace root:team-a is being deleted' },
    { kind: 'unknown', why: 'kcp answers 403' },
  ])('is kept when the workspace goes, or nobody knows: %j', async (chain) => {
    setting = new Setting().see();
    setting.chain = chain;
    await setting.clock.advance(60_000);
    expect(setting.down.writes()).toEqual([]);
  });

  test('is kept when kcp does not say so itself', async () => {
    setting = new Setting().see();
    setting.up.fault = () => setting.up.refusal(404, '');
    await setting.clock.advance(60_000);
    expect(setting.down.writes()).toEqual([]);
  });

  test('is kept when not everything in it may be listed', async () => {
    setting = new Setting().see();
    setting.down.fault = ({ path }) =>
      path.includes('/configmaps') ? setting.down.refusal(403, 'Forbidden', { message: 'may not list' }) : undefined;
    await setting.clock.advance(60_000);
    expect(setting.namespace).toBeDefined();
    expect(setting.cleaner.kept()[0]?.message).toContain('may not list');
  });

  test('is kept while it is not known which cluster answers', async () => {
    setting = new Setting().see();
    setting.doubt = new Error('another cluster');
    await setting.clock.advance(60_000);
    expect(setting.down.writes()).toEqual([]);
  });

  test('is kept before both sides were listed', async () => {
    setting = new Setting();
    await setting.clock.advance(60_000);
    expect(setting.down.requests).toEqual([]);
  });

  test('is told kept no more when its upstream namespace comes back', async () => {
    setting = new Setting().see();
    setting.down.put(configMaps, { metadata: { name: 'theirs', namespace: 'team' } });
    await setting.clock.advance(10_000);
    expect(setting.cleaner.kept()).toHaveLength(1);
    setting.up.put(namespacesType, { metadata: { name: 'team' } });
    setting.see();
    await setting.clock.advance(5_000);
    expect(setting.cleaner.kept()).toEqual([]);
  });

  test('is looked at ever less often', async () => {
    setting = new Setting().see();
    setting.down.put(configMaps, { metadata: { name: 'theirs', namespace: 'team' } });
    const looks = (): number => setting.down.requests.filter(({ path }) => path.startsWith('/apis')).length;
    await setting.clock.advance(60_000);
    const early = looks();
    await setting.clock.advance(600_000);
    expect([early, looks() - early]).toEqual([12, 10]);
  });
});

describe('a namespace that was there before, whose upstream namespace is gone', () => {
  test('loses our claim and nothing else', async () => {
    setting = new Setting({ theirs: 'kept' }).see();
    setting.down.put(configMaps, { metadata: { name: 'theirs', namespace: 'team' } });
    await setting.clock.advance(10_000);
    expect(setting.namespace?.metadata.annotations).toEqual({ theirs: 'kept' });
  });

  test('keeps our claim while something of ours is inside', async () => {
    setting = new Setting({}).see();
    setting.down.put(configMaps, {
      metadata: { name: 'ours', namespace: 'team', labels: { [ownerLabel]: owner } },
    });
    await setting.clock.advance(60_000);
    expect(setting.namespace?.metadata.annotations).toMatchObject({
      [annotations.namespaceClaim]: claimOf(owner, 'my-cluster', 'team'),
    });
  });
});

test("a namespace that another syncer claims is nobody's business of ours", async () => {
  setting = new Setting({ [annotations.namespaceClaim]: claimOf('other', 'my-cluster', 'team') }).see();
  await setting.clock.advance(60_000);
  expect(setting.down.requests).toEqual([]);
});

test('a namespace that goes already is left to go', async () => {
  setting = new Setting();
  setting.down.edit(namespacesType, 'team', ({ metadata, ...object }) => ({
    ...object,
    metadata: { ...metadata, finalizers: ['kubernetes'], deletionTimestamp: '2026-01-01T00:00:00Z' },
  }));
  setting.see();
  await setting.clock.advance(60_000);
  expect(setting.down.requests).toEqual([]);
});
