import { sharedAbort } from '@kcp-syncer/syncer-runtime/base/abort.js';
import type { DeletionPolicy } from '@kcp-syncer/syncer-runtime/engine/let-go.js';
import { objectPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { annotations } from '@kcp-syncer/syncer-runtime/object/marks.js';
import { parseJson } from '@kcp-syncer/syncer-runtime/object/parse.js';
import type { KubeObject } from '@kcp-syncer/syncer-runtime/object/types.js';
import { BaseOperator, isEnd, type BaseOperatorDeps, type ResourceEvent } from '../framework/base-operator.js';
import type { RunnerDeps } from './runner-deps.js';
import { SyncerRunner } from './runner.js';
import { SecretWatches } from './secret-watches.js';
import { syncerDeployments, type SyncerDeployment } from './syncer-deployment.js';

export interface SyncerOperatorDeps
  extends BaseOperatorDeps, Omit<RunnerDeps, 'client' | 'clock' | 'protectedNamespaces' | 'onLeft'> {
  /** Namespaces that are never written: the operator's own, and those that its chart names. */
  readonly protectedNamespaces: readonly string[];
  /** Whose SyncerDeployments are taken; none: all. */
  readonly watchNamespaces: readonly string[];
}

/** What has to be done before the finalizer goes is done by then. */
const nothingToDo = async (): Promise<void> => {
  await Promise.resolve();
};

/** Keeps a SyncerDeployment until everything is let go. */
const finalizer = 'syncer.kcp.io/connection';
const namespaceType = { group: '', version: 'v1', resource: 'namespaces' };
const crdType = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };

interface Running {
  readonly runner: SyncerRunner;
  readonly ended: Promise<void>;
  readonly ending: AbortController;
}

/** Runs one syncer for each SyncerDeployment of the cluster. */
export class SyncerOperator extends BaseOperator {
  private readonly runners = new Map<string, Running>();
  private readonly secrets: SecretWatches;

  constructor(private readonly operatorDeps: SyncerOperatorDeps) {
    super(operatorDeps);
    this.secrets = new SecretWatches({
      ...operatorDeps,
      onChange: (namespace, name) => {
        for (const [key, { runner }] of this.runners) if (key.startsWith(`${namespace}/`)) runner.secretChanged(name);
      },
    });
  }

  /** All syncers, by the names of their SyncerDeployments, oldest first. */
  get syncers(): ReadonlyMap<string, SyncerRunner> {
    return new Map([...this.runners].map(([key, { runner }]) => [key, runner]));
  }

  override async stop(): Promise<void> {
    await super.stop();
    const all = [...this.runners.values()];
    for (const { ending } of all) ending.abort(new Error('the operator stops'));
    await Promise.all([
      this.secrets.stop(),
      ...all.map(async ({ ended }) => {
        await ended;
      }),
    ]);
  }

  protected override async init(): Promise<void> {
    const { group, version, resource } = syncerDeployments;
    const { watchNamespaces } = this.operatorDeps;
    if (watchNamespaces.length === 0) await this.watchResource(group, version, resource, this.onEvent);
    for (const namespace of watchNamespaces)
      await this.watchResource(group, version, resource, this.onEvent, namespace);
  }

  private readonly onEvent = async (event: ResourceEvent): Promise<void> => {
    const object = event.object as unknown as SyncerDeployment;
    const { namespace, name } = object.metadata;
    const key = `${namespace}/${name}`;
    if (isEnd(event)) await this.end(key);
    else if (object.metadata.deletionTimestamp !== undefined) await this.leave(key, object, event);
    // Nothing is written for one that could go unseen: the finalizer comes first, and its event brings us back.
    else if (!(await this.handleResourceFinalizer(event, finalizer, nothingToDo))) this.take(key, object, event);
  };

  /** Lets go of everything; the finalizer is taken off when that is done, or when nobody wants to wait for it. */
  private async leave(key: string, object: SyncerDeployment, event: ResourceEvent): Promise<void> {
    const { finalizers = [], annotations: marks = {} } = object.metadata;
    if (!finalizers.includes(finalizer)) return;
    this.take(key, object, event);
    const runner = this.runners.get(key)?.runner;
    const isForced = marks[annotations.forceDelete] === 'true';
    if (!runner || (!runner.hasLeft && !isForced)) {
      runner?.leave(await this.policyOf(object));
      return;
    }
    if (!runner.hasLeft)
      this.deps.logger.warn('a SyncerDeployment goes by force: finalizers and objects may be left behind', {
        syncerDeployment: key,
      });
    await this.handleResourceFinalizer(event, finalizer, nothingToDo);
  }

  /** What goes with its namespace, or with its type, was not asked to take the objects along (S30). */
  private async policyOf({ metadata, spec }: SyncerDeployment): Promise<DeletionPolicy> {
    const { deletionPolicy } = spec as { deletionPolicy?: DeletionPolicy };
    if (deletionPolicy !== 'Delete') return 'Orphan';
    const isGoing = await Promise.all([
      this.isBeingDeleted(objectPath(namespaceType, { name: metadata.namespace })),
      this.isBeingDeleted(objectPath(crdType, { name: 'syncerdeployments.workload.kcp.io' })),
    ]);
    return isGoing.includes(true) ? 'Orphan' : 'Delete';
  }

  private async isBeingDeleted(path: string): Promise<boolean> {
    const { text } = await this.deps.client.request({ method: 'GET', path, signal: this.signal });
    return (parseJson(text) as KubeObject).metadata.deletionTimestamp !== undefined;
  }

  private take(key: string, object: SyncerDeployment, { meta }: ResourceEvent): void {
    const known = this.runners.get(key);
    if (known) {
      known.runner.update(object);
      return;
    }
    const runner = new SyncerRunner(object, {
      ...this.operatorDeps,
      protectedNamespaces: () => this.protectedNamespaces(),
      onLeft: () => {
        this.lookAgain(meta, 0);
      },
    });
    const ending = sharedAbort();
    this.runners.set(key, { runner, ending, ended: runner.run(ending.signal) });
    this.noteNamespaces();
  }

  private async end(key: string): Promise<void> {
    const running = this.runners.get(key);
    if (!running) return;
    running.ending.abort(new Error('the SyncerDeployment was deleted'));
    await running.ended;
    this.runners.delete(key);
    this.noteNamespaces();
  }

  /** Where a SyncerDeployment is, its kubeconfig is too: nothing that comes from a workspace is written there. */
  private protectedNamespaces(): readonly string[] {
    return [...new Set([...this.operatorDeps.protectedNamespaces, ...this.namespaces()])].sort();
  }

  private namespaces(): Set<string> {
    return new Set([...this.runners.keys()].map((key) => key.slice(0, key.indexOf('/'))));
  }

  private noteNamespaces(): void {
    this.secrets.follow(this.namespaces());
    for (const { runner } of this.runners.values()) runner.namespacesChanged();
  }
}
