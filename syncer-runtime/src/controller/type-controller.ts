import { anyOf } from '../base/abort.js';
import type { Side } from '../base/sides.js';
import { PairStore } from '../informer/pair-store.js';
import { inStep, isLeaving } from '../informer/pair.js';
import type { Key } from '../object/key.js';
import { reasons } from '../object/reasons.js';
import { gvkOf, typeName } from '../object/types.js';
import { WorkQueue } from '../queue/work-queue.js';
import type { TypeContext } from '../sync/context.js';
import { lookAtChain } from '../sync/evidence/chain.js';
import { Evidence } from '../sync/evidence/evidence.js';
import type { ChainVerdict, TypeDefinition } from '../sync/evidence/verdict.js';
import { getLiveUpstream } from '../sync/payload.js';
import { KeyStates } from './key-states.js';
import { SideWatch } from './side-watch.js';
import type { TypeControllerOptions } from './type-controller-options.js';
import { TypeIdentity } from './type-identity.js';
import { downstreamSink, upstreamSink, type WakeTarget } from './wake.js';
import { runWorker } from './worker.js';

/** One synced type: its watches on both sides, its pairs, its queue and its workers. */
export class TypeController implements WakeTarget {
  readonly ctx: TypeContext;
  readonly states: KeyStates;
  readonly queue: WorkQueue;
  readonly sides: Readonly<Record<Side, SideWatch>>;
  private readonly typeIdentity: TypeIdentity;
  /** Monotonic, ms. */
  readonly startedAt: number;
  private readonly ending = new AbortController();
  private working: Promise<void> = Promise.resolve();
  private lastIncident = '';
  private goneDownstream = false;
  /** Why absence is not believed of objects that this run never saw (S26). */
  private unseenIncident: string | undefined;

  constructor(private readonly options: TypeControllerOptions) {
    const { shared, workers } = options;
    this.startedAt = shared.clock.monotonic();
    if (options.storedHold !== '') this.unseenIncident = options.storedHold;
    this.typeIdentity = new TypeIdentity(typeName(options.type), options.storedIdentity);
    this.queue = new WorkQueue({ clock: shared.clock, workers, recorder: shared.recorder });
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

  /**
   * What serves the type upstream now, or undefined when nothing seems to. Another identity is an incident (S25); mere
   * absence only stops the watch, and is looked into.
   */
  setUpstream(definition: TypeDefinition | undefined): void {
    if (this.typeIdentity.isMissing(definition)) void this.lookIntoAbsence();
    else if (definition) this.identify(definition);
    if (definition) this.sides.upstream.start();
    else this.sides.upstream.stop();
  }

  /** The type is not there. Only a server that is ready, and says that what served it is gone, makes that an incident. */
  private async lookIntoAbsence(): Promise<void> {
    const verdict = await this.lookAtChain();
    if (verdict.kind !== 'incident' || this.ctx.signal.aborted) return;
    this.typeIdentity.settleAbsence();
    this.incident(verdict.cause);
    if (this.sides.upstream.running) return;
    for (const pair of this.ctx.store.values()) if (pair.up) this.ctx.store.removeUp(pair, false);
  }

  private identify(definition: TypeDefinition): void {
    const incident = this.typeIdentity.learn(definition);
    if (!incident) return;
    if (incident.wasAway) this.unseenIncident = incident.cause;
    else this.incident(incident.cause);
    if (incident.isReplaced) this.sides.upstream.stop();
  }

  /** Whether the cluster serves the type now, and whether it is certain that it does not (S29). */
  setDownstream(served: boolean, gone: boolean): void {
    this.goneDownstream = gone;
    if (served) this.sides.downstream.start();
    else this.sides.downstream.stop();
    if (!gone) return;
    this.ctx.store.forgetLost();
    for (const pair of this.ctx.store.values()) if (isLeaving(pair)) this.wake(pair.key);
  }

  /** Everything of the type is held: what vanishes upstream now was not deleted by anybody one by one (S25, S26). */
  incident(cause: string): void {
    // What is still there is listed anew, and is then not held any more.
    if (this.lastIncident !== cause) this.sides.upstream.relist();
    this.lastIncident = cause;
    for (const { key } of this.ctx.store.blame(cause)) this.wake(key);
    this.ctx.logger.warn('deletions are held', { type: this.ctx.typeName, cause });
  }

  /** The uid to remember for the type (S26). */
  identity(): string {
    // Before both lists are complete nobody knows what is held.
    return this.typeIdentity.remembered(() => !this.isListed || this.ctx.store.heldFor() !== '');
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
    if (!this.isDue(pair.up !== undefined, pair.up?.deleting === true)) return;
    this.queue.add(key, (this.states.get(key)?.failures ?? 0) > 0 ? 'retry' : 'fresh');
  }

  /** The server of this side answers again: what failed for its silence is tried at once. */
  answersAgain(side: Side): void {
    const reason = side === 'upstream' ? reasons.KcpUnreachable : reasons.ClusterUnreachable;
    for (const key of this.states.expire(reason)) this.queue.add(key, 'retry');
  }

  completed(side: Side): void {
    if (side === 'upstream') this.lastIncident = '';
    this.blameUnseen();
    this.resync();
  }

  /** What happened while no syncer ran explains why objects are absent that this run never saw (S26). */
  blameUnseen(cause = this.unseenIncident): void {
    this.unseenIncident = this.isListed ? undefined : cause;
    if (this.isListed && cause !== undefined) this.ctx.store.blameUnseen(cause);
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

  /** A side is listed again: it may be another server that answers now. */
  relisted(side: Side): void {
    this.options.onDoubt(side);
  }

  copyFromTheFuture(key: Key): void {
    this.options.onSetBack(`${this.ctx.typeName} ${key}`);
  }

  timeTravel(side: Side): void {
    this.options.onDoubt(side);
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
      evidence: new Evidence(
        {
          exists: async (key) => (await getLiveUpstream(this.ctx, key)) !== undefined,
          look: async () => await this.lookAtChain(),
          wake: this.queue.add.bind(this.queue),
          onIncident: this.incident.bind(this),
        },
        shared.clock,
      ),
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

  private async lookAtChain(): Promise<ChainVerdict> {
    const { type, workspace } = this.options;
    const { upstream, signal } = this.ctx;
    const namespace = this.sides.upstream.narrowTo;
    const where = { upstream, workspace, type, definition: this.typeIdentity.definition, signal };
    return await lookAtChain(namespace === undefined ? where : { ...where, namespace });
  }
}
