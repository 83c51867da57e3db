import type { RunningParts } from './running-parts.js';
import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import type { Side } from '../base/sides.js';
import { TypeController } from '../controller/type-controller.js';
import { ParkedPayloads } from '../informer/parked.js';
import { ownerLabel } from '../object/marks.js';
import type { ResourceType } from '../object/types.js';
import type { HeldDeletions } from '../observe/snapshot.js';
import type { SyncerContext } from '../sync/context.js';
import { DeletionGuard } from '../sync/evidence/guard.js';
import type { NamespaceCleaner } from '../sync/namespace/cleaner.js';
import { heldBefore } from '../synctarget/conditions.js';
import { wasSynced } from '../synctarget/was-synced.js';
import { Absence } from './absence.js';
import { deletionCensus, heldUids, isCounting } from './census.js';
import { HeldDecisions } from './held-decisions.js';
import { watchClusterTypes } from './cluster-types.js';
import { Connectivity } from './connectivity.js';
import { createCleaner, createKeeper } from './namespaces.js';
import { NamespaceWatch } from './namespace-watch.js';
import { NodeCount } from './node-count.js';
import { compileTransformations } from '../transforms/compile.js';
import { rememberedOf } from './remembered.js';
import { identityOf } from './syncer-identity.js';
import { ObjectSelection } from './object-selection.js';
import type { StoredResource } from './resource-snapshots.js';
import { TypeDefinitions } from './type-definitions.js';
import { TypeSet, type ControllerOrigin } from './type-set.js';

/** Everything of a syncer that runs once it is registered, wired together. */
export class RunningSyncer {
  readonly connectivity: Connectivity;
  readonly types: TypeSet;
  /** As the server had it last. */
  syncTarget: SyncTarget;
  readonly nodes: NodeCount;
  stored: readonly StoredResource[];
  /** What a former run held back. */
  readonly storedHold: HeldDeletions | undefined;
  readonly namespaces: Readonly<Record<Side, NamespaceWatch>>;
  readonly cleaner: NamespaceCleaner;
  readonly decisions: HeldDecisions;
  private readonly absence: Absence;
  private readonly selection: ObjectSelection;
  private readonly definitions: TypeDefinitions;
  private readonly shared: SyncerContext;

  constructor(private readonly parts: RunningParts) {
    const { status } = parts.registration.syncTarget;
    this.syncTarget = parts.registration.syncTarget;
    this.stored = (status?.resources ?? []).filter(wasSynced);
    this.storedHold = heldBefore(status?.conditions ?? []);
    this.connectivity = this.createConnectivity();
    this.namespaces = {
      upstream: this.createNamespaceWatch('upstream'),
      downstream: this.createNamespaceWatch('downstream'),
    };
    const onTrouble = this.trouble.bind(this, 'upstream');
    const { clients, clock } = parts;
    this.nodes = new NodeCount({ client: clients.downstream, clock });
    this.definitions = new TypeDefinitions({
      upstream: clients.upstream,
      clock,
      onChange: () => {
        this.types.poke();
      },
      onTrouble,
    });
    this.types = this.createTypes();
    const controllers = this.types.controllers.bind(this.types);
    this.absence = new Absence({ stored: this.storedHold?.cause, controllers, logger: parts.logger });
    this.selection = new ObjectSelection({
      namespaces: parts.options.sync.namespaces,
      labels: parts.options.sync.objectSelector,
      types: this.types,
      upstreamNamespaces: this.namespaces.upstream.namespaces,
      mapping: parts.mapping,
    });
    this.decisions = this.createDecisions();
    this.shared = this.createContext();
    this.cleaner = createCleaner(parts, { shared: this.shared, namespaces: this.namespaces, types: this.types });
  }

  /** Runs until the signal is aborted. */
  async run(): Promise<void> {
    const { signal } = this.parts;
    await Promise.all([
      this.connectivity.run(signal),
      this.definitions.run(signal),
      this.watchClusterTypes(signal),
      this.namespaces.upstream.run(signal),
      this.namespaces.downstream.run(signal),
      this.types.run(signal),
      ...(this.parts.options.sync.paused ? [] : [this.cleaner.run(signal)]),
      this.nodes.run(signal),
    ]);
  }

  private async watchClusterTypes(signal: AbortSignal): Promise<void> {
    const { clients, clock } = this.parts;
    const onChange = this.types.poke.bind(this.types);
    const onTrouble = this.trouble.bind(this, 'downstream');
    await watchClusterTypes({ client: clients.downstream, clock, onChange, onTrouble }, signal);
  }

  /** Everything that is synced and may be listed was listed to the end on both sides. */
  get isListed(): boolean {
    return this.types.started && ![...this.types.controllers()].some(isCounting);
  }

  /** Looks in memory for what is not in step; costs no request when all is. */
  resync(): void {
    for (const controller of this.types.controllers()) {
      controller.ctx.store.ageEchoes();
      controller.resync();
    }
    this.types.endDrains();
  }

  /** Everything is held: the workspace goes, or is not the one it was (S25–S27). */
  incident(cause: string): void {
    for (const controller of this.types.controllers()) controller.incident(cause);
  }

  private answersAgain(side: Side, message: string): void {
    this.parts.logger.log(1, message);
    for (const controller of this.types.controllers()) controller.answersAgain(side);
  }

  private readonly trouble = (side: Side, error: unknown): void => {
    this.connectivity.trouble(side, error);
    this.parts.onChange();
  };

  private createConnectivity(): Connectivity {
    const { options, registration, cluster, logger, onChange } = this.parts;
    let going = '';
    return new Connectivity({
      ...this.parts,
      pinned: { upstream: registration.logicalClusterUid, downstream: cluster.uid },
      heartbeatPeriodMs: options.heartbeatPeriodMs,
      onChange: (side, { connected, refused, message }) => {
        const name = side === 'upstream' ? 'kcp' : 'the cluster';
        if (connected) this.answersAgain(side, `${name} answers again`);
        else logger.warn(`${name} ${refused ? 'refuses the credentials' : 'does not answer'}`, { why: message });
        onChange();
      },
      onWorkspaceGoing: (cause) => {
        if (going !== cause) this.incident(cause);
        going = cause;
      },
    });
  }

  private createNamespaceWatch(side: Side): NamespaceWatch {
    const { clients, clock, onChange } = this.parts;
    return new NamespaceWatch({ side, client: clients[side], clock, onChange, onTrouble: this.trouble });
  }

  private createTypes(): TypeSet {
    const { options, clients, clock, logger, onChange } = this.parts;
    return new TypeSet({
      clients,
      definitions: this.definitions,
      selection: options.sync.resources,
      clock,
      logger,
      syncedBefore: this.stored.map(({ resource }) => resource),
      createController: (type, how) => this.createController(type, how),
      onDrained: (name) => {
        this.stored = this.stored.filter(({ resource }) => resource !== name);
        onChange();
      },
      onTrouble: this.trouble,
      onChange,
    });
  }

  private createDecisions(): HeldDecisions {
    const { clock, logger, onChange } = this.parts;
    return new HeldDecisions({
      clock,
      logger,
      held: () => (this.isListed ? heldUids(this.types.controllers()) : undefined),
      wake: this.resync.bind(this),
      onStill: onChange,
    });
  }

  private createContext(): SyncerContext {
    const { clients, registration, options, mapping, clock, logger, recorder, events } = this.parts;
    const identity = identityOf(registration, options.syncTarget.name);
    return {
      identity,
      ...clients,
      ownerSelector: `${ownerLabel}=${identity.owner}`,
      parked: new ParkedPayloads(),
      mapping,
      namespaces: createKeeper(this.parts, identity, { mapping, watch: this.namespaces.downstream }),
      transformations: compileTransformations(options.sync.transformations),
      guard: new DeletionGuard(clock, () => deletionCensus(this.types.controllers()), options.sync.deletionGuard),
      decisions: this.decisions,
      policy: options.sync,
      clock,
      logger,
      recorder,
      takesNewObjects: () => this.syncTarget.spec?.unschedulable !== true,
      events,
      candidateNamespaces: (side) => this.selection.candidateNamespaces(side),
      assertKnownCluster: () => {
        this.connectivity.assertKnownCluster();
      },
    };
  }

  private createController(type: ResourceType, { former, draining }: ControllerOrigin): TypeController {
    const { options, registration, counts, onChange, signal } = this.parts;
    const { logicalClusterUid: uid, workspacePath: path } = registration;
    const controller = new TypeController({
      shared: this.shared,
      workspace: { uid, path },
      type,
      workers: options.workers,
      isSelected: (object) => !draining && this.selection.selects(type, object),
      ...rememberedOf({ stored: this.stored, absence: this.absence }, type, former),
      onSetBack: this.absence.setBack.bind(this.absence),
      onPass: (ok) => {
        counts.add(ok);
        if (draining && controller.queue.length === 0) this.types.endDrains();
        onChange();
      },
      onTrouble: this.trouble,
      onDoubt: this.connectivity.doubt.bind(this.connectivity),
      signal,
    });
    void (former?.stopped ?? Promise.resolve()).then(async () => {
      await controller.run();
    });
    return controller;
  }
}
