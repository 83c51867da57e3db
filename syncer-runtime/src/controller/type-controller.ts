import { anyOf } from '../base/abort.js';
import type { Side } from '../base/sides.js';
import { PairStore } from '../informer/pair-store.js';
import { inStep } from '../informer/pair.js';
import type { Key } from '../object/key.js';
import { reasons } from '../object/reasons.js';
import { gvkOf, typeName, type KubeObject, type ResourceType } from '../object/types.js';
import { WorkQueue } from '../queue/work-queue.js';
import type { SyncerContext, TypeContext } from '../sync/context.js';
import { lookAtChain, type PinnedWorkspace } from '../sync/evidence/chain.js';
import { Evidence } from '../sync/evidence/evidence.js';
import type { TypeDefinition } from '../sync/evidence/verdict.js';
import { getLiveUpstream } from '../sync/payload.js';
import { KeyStates } from './key-states.js';
import { SideWatch } from './side-watch.js';
import { downstreamSink, upstreamSink, type WakeTarget } from './wake.js';
import { runWorker } from './worker.js';

export interface TypeControllerOptions {
  readonly shared: SyncerContext;
  readonly workspace: PinnedWorkspace;
  readonly type: ResourceType;
  readonly workers: number;
  readonly isSelected: (object: KubeObject) => boolean;
  /** Identity that the SyncTarget's status had for the type when this run began; '' when none. */
  readonly storedIdentity: string;
  /** What the SyncTarget's status says that deletions are held for when this run began; '' when none are. */
  readonly storedHold: string;
  readonly onPass: (ok: boolean) => void;
  /** A list or watch failed: somebody should look whether the server is there. */
  readonly onTrouble: (side: Side, error: unknown) => void;
  readonly signal: AbortSignal;
}

/** One synced type: its watches on both sides, its pairs, its queue and its workers. */
export class TypeController implements WakeTarget {
  readonly ctx: TypeContext;
  readonly states: KeyStates;
  readonly queue: WorkQueue;
  readonly sides: Readonly<Record<Side, SideWatch>>;
  definition: TypeDefinition = { kind: 'unknown', why: 'what serves the type was not seen yet' };
  private readonly ending = new AbortController();
  private working: Promise<void> = Promise.resolve();
  private goneDownstream = false;
  /** The type's identity before the incident that still holds copies: what the SyncTarget's status goes on showing. */
  private heldIdentity: string | undefined;
  /** Why absence is not believed of objects that this run never saw (S26). */
  private unseenIncident: string | undefined;

  constructor(private readonly options: TypeControllerOptions) {
    const { shared, workers } = options;
    if (options.storedHold !== '') this.unseenIncident = options.storedHold;
    this.queue = new WorkQueue(shared.clock, workers);
    this.states = new KeyStates(shared.clock);
    this.ctx = this.createContext();
    this.sides = { upstream: this.createSide('upstream'), downstream: this.createSide('downstream') };
  }

  /** Works until it is stopped, or the syncer is. */
  async run(): Promise<void> {
    const { workers, onPass } = this.options;
    const { ctx, queue, states } = this;
    const running = Array.from({ length: workers }, async () => {
      await runWorker({ ctx, queue, states, onPass }, ctx.signal);
    });
    this.working = Promise.all(running).then(() => {
      queue.clear();
    });
    await this.working;
  }

  /** Settled when a controller that was stopped has finished the keys in work. */
  get stopped(): Promise<void> {
    return this.working;
  }

  /** Ends the watches, and the work when the keys in work are done. */
  stop(): void {
    this.ending.abort();
  }

  /** What serves the type upstream now, or undefined when nothing does. Another identity is an incident (S25). */
  setUpstream(definition: TypeDefinition | undefined): void {
    if (!definition) this.unserved();
    else if (definition.kind !== 'unknown') this.identify(definition);
    if (definition) this.sides.upstream.start();
    else this.sides.upstream.stop();
  }

  private unserved(): void {
    if (!this.sides.upstream.running) return;
    this.heldIdentity = identityOf(this.definition);
    this.incident(`${this.ctx.typeName} is no longer served by the workspace`);
  }

  private identify(definition: TypeDefinition): void {
    const { kind } = this.definition;
    const before = kind === 'unknown' ? this.options.storedIdentity : identityOf(this.definition);
    this.definition = definition;
    if (before === '' || before === identityOf(definition)) return;
    this.heldIdentity = before;
    const cause = `${this.ctx.typeName} was deleted and made anew in the workspace`;
    if (kind === 'unknown') this.unseenIncident = `${cause} while the syncer was away`;
    else this.incident(cause);
    // What the old watch still tells is of another type.
    this.sides.upstream.stop();
  }

  /** Whether the cluster serves the type now, and whether it is certain that it does not (S29). */
  setDownstream(served: boolean, gone: boolean): void {
    this.goneDownstream = gone;
    if (served) this.sides.downstream.start();
    else this.sides.downstream.stop();
    if (gone) for (const pair of this.ctx.store.values()) if (pair.up?.deleting) this.wake(pair.key);
  }

  /** Everything of the type is held: what vanishes upstream now was not deleted by anybody one by one (S25, S26). */
  incident(cause: string): void {
    for (const pair of this.ctx.store.values()) {
      if (pair.down) pair.incident = cause;
      delete pair.gone;
      if (pair.up?.deleting) this.wake(pair.key);
    }
    this.ctx.logger.warn('deletions are held', { type: this.ctx.typeName, cause });
  }

  /**
   * The uid to remember for the type: the former one as long as copies are held that belong to it, so that they are held
   * after a restart as well (S26).
   */
  identity(): string {
    if (this.definition.kind === 'unknown') return this.options.storedIdentity;
    if (this.heldIdentity === undefined) return identityOf(this.definition);
    for (const pair of this.ctx.store.values()) if (pair.incident !== undefined) return this.heldIdentity;
    // Before both lists are complete nobody knows what is held.
    if (!this.isListed) return this.heldIdentity;
    this.heldIdentity = undefined;
    return identityOf(this.definition);
  }

  /** Both sides were listed to the end. */
  get isListed(): boolean {
    return this.ctx.store.isComplete('upstream') && this.ctx.store.isComplete('downstream');
  }

  wake(key: Key): void {
    const pair = this.ctx.store.get(key);
    if (!pair) {
      this.states.clear(key);
      return;
    }
    if (this.unseenIncident !== undefined && !pair.up && pair.upSeq === 0) pair.incident = this.unseenIncident;
    if (!this.isDue(pair.up !== undefined, pair.up?.deleting === true)) return;
    this.queue.add(key, (this.states.get(key)?.failures ?? 0) > 0 ? 'retry' : 'fresh');
  }

  /** The server of this side answers again: what failed for its silence is tried at once. */
  answersAgain(side: Side): void {
    const reason = side === 'upstream' ? reasons.KcpUnreachable : reasons.ClusterUnreachable;
    for (const key of this.states.expire(reason)) this.queue.add(key, 'retry');
  }

  completed(): void {
    this.resync();
  }

  /** Looks for pairs that are not in step, in memory, and wakes those that nothing else will. */
  resync(): void {
    const { store, rules } = this.ctx;
    for (const pair of store.values()) {
      if (inStep(pair, rules)) this.states.clear(pair.key);
      else if (!this.queue.has(pair.key)) this.wake(pair.key);
    }
  }

  failed(side: Side, error: unknown): void {
    this.sides[side].failed(error);
    this.options.onTrouble(side, error);
  }

  recovered(side: Side): void {
    this.sides[side].recovered();
  }

  timeTravel(side: Side): void {
    if (side === 'upstream') this.incident('kcp is older than it was: it seems to be restored from a backup');
  }

  /** An upstream object may be worked when the cluster's list is complete, a lone copy when both lists are (S35). */
  private isDue(present: boolean, deleting: boolean): boolean {
    return deleting || (present ? this.ctx.store.isComplete('downstream') : this.isListed);
  }

  private createContext(): TypeContext {
    const { shared, type, isSelected } = this.options;
    const signal = anyOf(this.options.signal, this.ending.signal);
    const hasStatus = type.subresources.includes('status');
    return {
      ...shared,
      type,
      typeName: typeName(type),
      gvk: gvkOf(type),
      facts: { ...shared.identity, isSelected },
      rules: { hasStatus, epoch: 1 },
      store: new PairStore(),
      evidence: new Evidence(this.evidenceSource(), shared.clock),
      isServedDownstream: () => this.sides.downstream.running,
      isGoneDownstream: () => this.goneDownstream,
      signal,
    };
  }

  private createSide(side: Side): SideWatch {
    const { shared, type } = this.options;
    const { signal } = this.ctx;
    const isUpstream = side === 'upstream';
    return new SideWatch({
      side,
      client: isUpstream ? shared.upstream : shared.downstream,
      type,
      clock: shared.clock,
      store: this.ctx.store,
      ...(isUpstream ? {} : { labelSelector: shared.ownerSelector }),
      candidates: () => shared.candidateNamespaces(side),
      sink: (scope) => (isUpstream ? upstreamSink(this, scope) : downstreamSink(this, scope)),
      signal,
    });
  }

  private evidenceSource(): ConstructorParameters<typeof Evidence>[0] {
    const { shared, type, workspace, signal } = this.options;
    return {
      type,
      exists: async (key) => (await getLiveUpstream(this.ctx, key)) !== undefined,
      look: async () => {
        const namespace = this.sides.upstream.narrowTo;
        const where = { upstream: shared.upstream, workspace, type, definition: this.definition, signal };
        return await lookAtChain(namespace === undefined ? where : { ...where, namespace });
      },
      wake: (key) => {
        this.queue.add(key);
      },
      onIncident: (cause) => {
        this.incident(cause);
      },
    };
  }
}

/** uid of what serves the type; '' for one that is built in. */
export function identityOf(definition: TypeDefinition): string {
  return definition.kind === 'crd' || definition.kind === 'binding' ? definition.uid : '';
}
