import { FakeClock, settle } from '../base/clock.fixture.js';
import { asDownstream, asUpstream, type Side } from '../base/sides.js';
import { FakeServer, deployments, fakeType } from '../informer/fake-server.fixture.js';
import { downFactsOf, isCopyOf, upFactsOf } from '../informer/facts.js';
import { PairStore } from '../informer/pair-store.js';
import { inStep, type Pair } from '../informer/pair.js';
import { ParkedPayloads, slotOf } from '../informer/parked.js';
import type { Decision } from '../object/decisions.js';
import type { KubeClient } from '../kube/client.js';
import { keyOf } from '../object/key.js';
import { annotations, finalizerOf, ownerHash, ownerLabel } from '../object/marks.js';
import { gvkOf, typeName, type KubeObject, type ResourceType } from '../object/types.js';
import type { Logger } from '../observe/logger.js';
import type { Recorder, WriteSeen } from '../observe/recorder.js';
import type { EventSink, UpstreamEvent } from './events/event.js';
import type { UserTransform } from '../transforms/compile.js';
import type { SyncerContext, SyncPolicy, TypeContext } from './context.js';
import { lookAtChain } from './evidence/chain.js';
import { Evidence } from './evidence/evidence.js';
import { DeletionGuard, type DeletionCensus } from './evidence/guard.js';
import type { TypeDefinition } from './evidence/verdict.js';
import { claimOf } from './namespace/facts.js';
import { NamespaceKeeper } from './namespace/keeper.js';
import { identityMapping } from './namespace/mapping.fixture.js';
import { getLiveUpstream } from './payload.js';
import { reconcilePair } from './reconcile-pair.js';
import type { SyncResult } from './result.js';

const logicalClusters = fakeType({
  group: 'core.kcp.io',
  version: 'v1alpha1',
  resource: 'logicalclusters',
  kind: 'LogicalCluster',
  namespaced: false,
});
export const crds = fakeType({
  group: 'apiextensions.k8s.io',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
});
export const bindings = fakeType({
  group: 'apis.kcp.io',
  version: 'v1alpha2',
  resource: 'apibindings',
  kind: 'APIBinding',
  namespaced: false,
});

const owner = ownerHash('3827urs0v6i525r6', 'my-cluster');
export const identity = { owner, finalizer: finalizerOf(owner), syncTarget: 'my-cluster', workspace: 'root:team-a' };
export const workspaceUid = 'workspace-uid';
export const clusterUid = 'cluster-uid';
/** What serves Deployments in the workspace. */
export const deploymentsCrd = { kind: 'crd', name: 'deployments.apps', uid: 'crd-uid', deleting: false } as const;

/** kcp with one workspace that serves Deployments by a CRD. */
export function fakeWorkspace(): FakeServer {
  const server = new FakeServer('upstream');
  server.serve(logicalClusters);
  server.serve(crds);
  server.serve(bindings);
  server.put(logicalClusters, { metadata: { name: 'cluster', uid: workspaceUid } });
  server.put(crds, { metadata: { name: deploymentsCrd.name, uid: deploymentsCrd.uid } });
  return server;
}

/** The object of which the workspace is made. */
export function logicalCluster(server: FakeServer, change: (object: KubeObject) => KubeObject): void {
  server.edit(logicalClusters, 'cluster', change);
}

export class CountingRecorder implements Recorder {
  readonly carried: string[] = [];
  readonly passes: string[] = [];
  readonly failures: string[] = [];
  readonly connections: string[] = [];

  readonly counted: string[] = [];

  synced(_gvk: string, direction: string): void {
    this.carried.push(direction);
  }

  reconciled(operation: string): void {
    this.passes.push(operation);
  }

  failed({ type }: { type: string }): void {
    this.failures.push(type);
  }

  reconcileFailed(): void {
    this.counted.push('failed');
  }

  latency(direction: string, seconds: number): void {
    this.counted.push(`${direction} after ${String(seconds)} s`);
  }

  wrote({ side, verb, result }: WriteSeen): void {
    this.counted.push(`${side} ${verb} ${result}`);
  }

  conflict(): void {
    this.counted.push('conflict');
  }

  driftCorrected(): void {
    this.counted.push('corrected');
  }

  watchRestarted(side: Side, gvk: string, reason: string): void {
    this.counted.push(`${side} ${gvk} ${reason}`);
  }

  heartbeat(): void {
    // Nobody looks.
  }

  queued(): void {
    // Nobody looks.
  }

  waited(): void {
    // Nobody looks.
  }

  request(): void {
    // Nobody looks.
  }

  connection(side: Side, connected: boolean): void {
    this.connections.push(`${side} ${connected ? 'up' : 'down'}`);
  }
}

export class MemoryEvents implements EventSink {
  readonly told: UpstreamEvent[] = [];

  record(event: UpstreamEvent): void {
    this.told.push(event);
  }
}

export class MemoryLogger implements Logger {
  readonly lines: string[] = [];

  enabled(): boolean {
    return true;
  }

  log(verbosity: number, message: string): void {
    this.lines.push(`${String(verbosity)} ${message}`);
  }

  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }

  error(message: string): void {
    this.lines.push(`error ${message}`);
  }

  child(): Logger {
    return this;
  }
}

export interface SharedOptions {
  readonly clock: FakeClock;
  readonly up: FakeServer;
  readonly down: FakeServer;
  readonly signal: AbortSignal;
  readonly census?: () => DeletionCensus;
  readonly isProtected?: (namespace: string) => boolean;
  readonly mayUseExisting?: (namespace: string) => boolean;
  readonly candidates?: (side: Side) => readonly string[];
  readonly transformations?: readonly UserTransform[];
  readonly policy?: Partial<SyncPolicy>;
  readonly decisions?: SyncerContext['decisions'];
}

/** What all types share, over two servers in memory. */
export function sharedContext(options: SharedOptions): SyncerContext & {
  readonly recorder: CountingRecorder;
  readonly logger: MemoryLogger;
  readonly events: MemoryEvents;
} {
  const { clock, up, down, signal } = options;
  const downstream = asDownstream<KubeClient>(down.client());
  return {
    identity,
    upstream: asUpstream<KubeClient>(up.client()),
    downstream,
    ownerSelector: `${ownerLabel}=${owner}`,
    parked: new ParkedPayloads(),
    mapping: identityMapping,
    namespaces: new NamespaceKeeper({
      downstream,
      ...identity,
      mapping: identityMapping,
      template: { labels: {}, annotations: {} },
      isProtected: options.isProtected ?? (() => false),
      mayUseExisting: options.mayUseExisting ?? (() => true),
      watched: () => undefined,
      signal,
    }),
    guard: new DeletionGuard(clock, options.census ?? (() => ({ owned: 100, pending: 1 })), {
      maxObjects: 10,
      maxPercent: 30,
    }),
    decisions: options.decisions ?? { of: () => undefined },
    policy: { whenExists: 'Refuse', drift: 'Correct', paused: false, ...options.policy },
    transformations: options.transformations ?? [],
    clock,
    logger: new MemoryLogger(),
    recorder: new CountingRecorder(),
    events: new MemoryEvents(),
    candidateNamespaces: options.candidates ?? (() => []),
    takesNewObjects: () => true,
    assertKnownCluster: () => undefined,
  };
}

export interface WorldOptions {
  readonly type?: ResourceType;
  readonly definition?: TypeDefinition;
  readonly isSelected?: (object: KubeObject) => boolean;
  readonly isProtected?: (namespace: string) => boolean;
  readonly mayUseExisting?: (namespace: string) => boolean;
  readonly transformations?: readonly UserTransform[];
  readonly policy?: Partial<SyncPolicy>;
}

/**
 * Two servers and what one type's syncer remembers of them. Nothing happens by itself: the test says when lists and
 * events come, and when a key is worked.
 */
export class World {
  readonly clock = new FakeClock();
  readonly up = fakeWorkspace();
  readonly down = new FakeServer('downstream');
  readonly woken: string[] = [];
  readonly incidents: string[] = [];
  /** What was decided about copies, by their uids. */
  readonly decided = new Map<string, Decision>();
  readonly recorder = new CountingRecorder();
  readonly logger = new MemoryLogger();
  readonly events = new MemoryEvents();
  readonly type: ResourceType;
  census: DeletionCensus = { owned: 100, pending: 1 };
  definition: TypeDefinition;
  servedDownstream = true;
  goneDownstream = false;
  unschedulable = false;
  /** Thrown by every question whether the cluster is known. */
  doubt: Error | undefined;
  ctx: TypeContext;
  private readonly seen: Record<Side, number> = { upstream: 0, downstream: 0 };
  private readonly ending = new AbortController();

  constructor(public options: WorldOptions = {}) {
    this.type = options.type ?? deployments;
    this.definition = options.definition ?? deploymentsCrd;
    this.up.serve(this.type);
    this.down.serve(this.type);
    this.ctx = this.createContext();
  }

  /** A new process: nothing is remembered. */
  restart(): void {
    this.ctx = this.createContext();
    this.see();
  }

  /** Both sides are listed to the end. */
  see(): void {
    this.seeSide('downstream');
    this.seeSide('upstream');
  }

  /** One side is listed to the end. */
  seeSide(side: Side): void {
    const { store } = this.ctx;
    store.setScopes(side, ['']);
    const startedAt = store.listStarted();
    for (const object of this.serverOf(side).list(this.type)) this.take(side, object, 'list');
    for (const pair of store.listed(side, '', startedAt))
      if (side === 'upstream') store.removeUp(pair, false);
      else store.removeDown(pair);
    this.seen[side] = this.serverOf(side).version;
  }

  /** The events of both sides since the last time come. Returns the keys that something new was told of. */
  hear(): string[] {
    return [...this.hearSide('upstream'), ...this.hearSide('downstream')];
  }

  hearSide(side: Side): string[] {
    const server = this.serverOf(side);
    const changes = server.changesSince(
      this.type,
      this.seen[side],
      side === 'downstream' ? this.ctx.ownerSelector : undefined,
    );
    this.seen[side] = server.version;
    return changes.flatMap(({ type, object }) =>
      type === 'DELETED' ? this.lose(side, object) : this.take(side, object, 'watch'),
    );
  }

  /** The upstream object is removed, and its end told, before the next answer of kcp is read. */
  removeBeforeReply(key = 'default/web'): void {
    this.up.beforeReply = () => {
      this.up.beforeReply = () => undefined;
      this.up.remove(this.type, key);
      this.hear();
      return undefined;
    };
  }

  pair(key = 'default/web'): Pair | undefined {
    return this.ctx.store.get(key);
  }

  /** One reconcile, no more. */
  async reconcile(key = 'default/web'): Promise<SyncResult> {
    const result = await reconcilePair(this.ctx, key);
    await settle();
    return result;
  }

  /** Events and reconciles until nothing more is told and nothing is asked for at once. */
  async converge(key = 'default/web'): Promise<SyncResult> {
    for (let pass = 0; ; pass++) {
      this.woken.length = 0;
      this.hear();
      const result = await this.reconcile(key);
      const again = result.outcome.kind === 'requeueAfter' && result.outcome.ms === 0;
      if (this.hear().length === 0 && !this.woken.includes(key) && !again) return result;
      if (pass === 20) throw new Error(`the world does not come to rest: ${JSON.stringify(result)}`);
    }
  }

  /** A world in which `object` was synced and nothing is left to do. */
  async synced(object: KubeObject): Promise<this> {
    this.see();
    this.up.put(this.type, object);
    await this.converge(keyOf(object));
    this.up.requests.length = 0;
    this.down.requests.length = 0;
    this.recorder.carried.length = 0;
    return this;
  }

  upstreamObject(key = 'default/web'): KubeObject | undefined {
    return this.up.get(this.type, key);
  }

  copy(key = 'default/web'): KubeObject | undefined {
    return this.down.get(this.type, key);
  }

  private serverOf(side: Side): FakeServer {
    return side === 'upstream' ? this.up : this.down;
  }

  private take(side: Side, object: KubeObject, from: 'watch' | 'list'): string[] {
    const { store, parked, facts, typeName: name } = this.ctx;
    const key = keyOf(object);
    if (side === 'downstream' && !this.isOurs(object)) return [];
    const { pair, news } =
      side === 'upstream'
        ? store.observeUp(key, upFactsOf(asUpstream(object), facts), from)
        : store.observeDown(key, downFactsOf(asDownstream(object)), from);
    if (news === 'stale') return [];
    const rv = object.metadata.resourceVersion ?? '';
    if (inStep(pair, this.ctx.rules)) parked.drop(slotOf(name, side, key));
    else parked.park(slotOf(name, side, key), { side, rv, bytes: 1_000, object });
    return news === 'new' ? [key] : [];
  }

  private isOurs(object: KubeObject): boolean {
    const { down, wrote } = this.ctx.store.get(keyOf(object)) ?? {};
    const isKnown = [down?.uid, wrote?.downUid].includes(object.metadata.uid);
    return isKnown || isCopyOf(object, keyOf(object), this.ctx.facts);
  }

  private lose(side: Side, object: KubeObject): string[] {
    const { store } = this.ctx;
    const pair = store.get(keyOf(object));
    const known = side === 'upstream' ? pair?.up : pair?.down;
    if (!pair || known?.uid !== object.metadata.uid) return [];
    if (side === 'upstream') store.removeUp(pair, true);
    else store.removeDown(pair);
    return [pair.key];
  }

  private createContext(): TypeContext {
    const { clock, up, down, type, options } = this;
    const { signal } = this.ending;
    const shared = sharedContext({
      clock,
      up,
      down,
      signal,
      census: () => this.census,
      ...(options.isProtected && { isProtected: options.isProtected }),
      ...(options.mayUseExisting && { mayUseExisting: options.mayUseExisting }),
      ...(options.transformations && { transformations: options.transformations }),
      ...(options.policy && { policy: options.policy }),
      decisions: { of: (uid) => (uid === undefined ? undefined : this.decided.get(uid)) },
    });
    return {
      ...shared,
      recorder: this.recorder,
      logger: this.logger,
      takesNewObjects: () => !this.unschedulable,
      events: this.events,
      assertKnownCluster: () => {
        if (this.doubt) throw this.doubt;
      },
      type,
      typeName: typeName(type),
      gvk: gvkOf(type),
      facts: { ...identity, isSelected: options.isSelected ?? (() => true) },
      rules: { hasStatus: type.subresources.includes('status'), epoch: 1 },
      store: new PairStore(),
      evidence: this.createEvidence(shared, signal),
      isServedDownstream: () => this.servedDownstream,
      isGoneDownstream: () => this.goneDownstream,
      signal,
    };
  }

  private createEvidence({ upstream }: SyncerContext, signal: AbortSignal): Evidence {
    const { type } = this;
    return new Evidence(
      {
        exists: async (key) => (await getLiveUpstream(this.ctx, key)) !== undefined,
        look: async () =>
          await lookAtChain({
            upstream,
            workspace: { path: identity.workspace, uid: workspaceUid },
            type,
            definition: this.definition,
            signal,
          }),
        wake: (key) => this.woken.push(key),
        onIncident: (cause) => this.incidents.push(cause),
      },
      this.clock,
    );
  }
}

/** A Deployment as a user writes it. */
export function webDeployment(
  spec: object = { replicas: 3 },
  metadata: Partial<KubeObject['metadata']> = {},
): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec,
  };
}

/** A ConfigMap as a user writes it. */
export function configMap(data: object = { a: '1' }, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    data,
  };
}

/** The marks that a copy of `key` carries. */
export function marksOf(key: string, upstreamUid: string): Pick<KubeObject['metadata'], 'labels' | 'annotations'> {
  return {
    labels: { [ownerLabel]: owner },
    annotations: {
      [annotations.syncTarget]: identity.syncTarget,
      [annotations.workspace]: identity.workspace,
      [annotations.upstream]: key,
      [annotations.upstreamUid]: upstreamUid,
    },
  };
}

/** The claim that our syncer puts on a namespace. */
export function ourClaim(namespace: string): string {
  return claimOf(owner, identity.syncTarget, namespace);
}
