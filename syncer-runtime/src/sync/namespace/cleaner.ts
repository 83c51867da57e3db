import { Bell } from '../../base/bell.js';
import type { Clock } from '../../base/clock.js';
import type { Downstream, Upstream } from '../../base/sides.js';
import type { ObjectMap } from '../../informer/object-map.js';
import type { KubeClient } from '../../kube/client.js';
import { discover } from '../../kube/discovery.js';
import { isConflict, isObjectNotFound } from '../../kube/error-class.js';
import { objectPath } from '../../kube/paths.js';
import { annotations, fieldManager, ownerLabel } from '../../object/marks.js';
import type { Logger } from '../../observe/logger.js';
import type { ChainVerdict } from '../evidence/verdict.js';
import { firstResident } from './contents.js';
import { claimedFor, type NamespaceFacts } from './facts.js';

const namespaces = { group: '', version: 'v1', resource: 'namespaces' };
/** A namespace is looked at this often at first: its last Pods are just going. */
const SOON_MS = 5_000;
const LATER_MS = 60_000;
const SOON_LOOKS = 12;

export interface CleanerOptions {
  readonly upstream: Upstream<KubeClient>;
  readonly downstream: Downstream<KubeClient>;
  readonly owner: string;
  readonly upstreamNamespaces: ObjectMap<NamespaceFacts>;
  readonly downstreamNamespaces: ObjectMap<NamespaceFacts>;
  /** Whether a copy of ours is known to be in the downstream namespace. */
  readonly isInUse: (downstreamNamespace: string) => boolean;
  /** One look at the workspace's identity that begins now (S25). */
  readonly look: () => Promise<ChainVerdict>;
  readonly assertKnownCluster: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A namespace that stays although its upstream namespace is gone, and why. */
export interface KeptNamespace {
  readonly name: string;
  readonly message: string;
  /** Wall clock, ms. */
  readonly sinceMs: number;
}

/**
 * Lets go of downstream namespaces whose upstream namespace is gone (S6): one that we created is removed when nothing
 * but noise is inside, one that was there before loses our claim when nothing of ours is.
 */
export class NamespaceCleaner {
  private readonly looks = new Map<string, number>();
  private readonly empty = new Set<string>();
  private readonly keptByName = new Map<string, KeptNamespace>();

  constructor(private readonly options: CleanerOptions) {}

  kept(): KeptNamespace[] {
    return [...this.keptByName.values()];
  }

  /** Looks again and again until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const bell = new Bell(this.options.clock);
    for (let round = 0; ; round++) {
      await bell.wait(SOON_MS, signal);
      if (signal.aborted) return;
      await this.round(round, signal);
    }
  }

  private async round(round: number, signal: AbortSignal): Promise<void> {
    const left = this.leftBehind();
    for (const name of this.looks.keys()) if (!left.some((facts) => facts.name === name)) this.forget(name);
    for (const facts of left) {
      const looks = this.looks.get(facts.name) ?? 0;
      this.looks.set(facts.name, looks + 1);
      if (looks >= SOON_LOOKS && round % (LATER_MS / SOON_MS) !== 0) continue;
      await this.attempt(facts, signal);
    }
  }

  /** Our namespaces whose upstream namespace the watch does not show. */
  private leftBehind(): NamespaceFacts[] {
    const { upstreamNamespaces, downstreamNamespaces, owner } = this.options;
    if (!upstreamNamespaces.complete || !downstreamNamespaces.complete) return [];
    return [...downstreamNamespaces.values()].filter((facts) => {
      const upstream = claimedFor(facts.claim, owner);
      return upstream !== undefined && !facts.deleting && upstreamNamespaces.get(upstream) === undefined;
    });
  }

  private async attempt(facts: NamespaceFacts, signal: AbortSignal): Promise<void> {
    try {
      const stays = await this.reasonToStay(facts, signal);
      if (stays !== undefined) this.keep(facts.name, stays);
      // Twice in a row: while it was looked through once, something may have come into it.
      else if (!this.empty.delete(facts.name)) this.empty.add(facts.name);
      else if (!this.options.isInUse(facts.name)) await this.letGo(facts, signal);
    } catch (error) {
      if (signal.aborted || isConflict(error)) return;
      this.keep(facts.name, error instanceof Error ? error.message : String(error));
    }
  }

  private async reasonToStay(facts: NamespaceFacts, signal: AbortSignal): Promise<string | undefined> {
    const { isInUse, look, assertKnownCluster, owner } = this.options;
    assertKnownCluster();
    if (isInUse(facts.name)) return 'objects of the workspace are still inside';
    if (!(await this.isGoneUpstream(claimedFor(facts.claim, owner) ?? '', signal)))
      return 'its namespace in the workspace still exists';
    const chain = await look();
    if (chain.kind !== 'intact') return chain.kind === 'incident' ? chain.cause : chain.why;
    return await this.insideOf(facts, signal);
  }

  /** Why what is inside keeps the namespace: in one of ours anything but noise, in another's what is labelled as ours. */
  private async insideOf(facts: NamespaceFacts, signal: AbortSignal): Promise<string | undefined> {
    const { downstream, owner } = this.options;
    const served = await discover(downstream, signal);
    if (!served.complete) return 'the cluster does not tell of all types what is inside';
    const labelSelector = facts.created ? {} : { labelSelector: `${ownerLabel}=${owner}` };
    const resident = await firstResident(downstream, { namespace: facts.name, served, ...labelSelector }, signal);
    return resident === undefined ? undefined : `${resident} is inside`;
  }

  private async isGoneUpstream(name: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.options.upstream.request({ method: 'GET', path: objectPath(namespaces, { name }), signal });
      return false;
    } catch (error) {
      if (isObjectNotFound(error, { ...namespaces, name })) return true;
      throw error;
    }
  }

  private async letGo(facts: NamespaceFacts, signal: AbortSignal): Promise<void> {
    const { downstream, assertKnownCluster, logger } = this.options;
    assertKnownCluster();
    const path = objectPath(namespaces, { name: facts.name }, facts.created ? {} : { fieldManager });
    const precondition = { uid: facts.uid, resourceVersion: facts.rv };
    if (facts.created) {
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: precondition });
      await downstream.request({ method: 'DELETE', path, body, signal });
    } else {
      const body = JSON.stringify({
        metadata: { ...precondition, annotations: { [annotations.namespaceClaim]: null } },
      });
      await downstream.request({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body, signal });
    }
    this.forget(facts.name);
    logger.log(2, facts.created ? 'sync: namespace removed' : 'sync: namespace let go', { namespace: facts.name });
  }

  private keep(name: string, message: string): void {
    this.empty.delete(name);
    const sinceMs = this.keptByName.get(name)?.sinceMs ?? this.options.clock.now();
    this.keptByName.set(name, { name, message: `Namespace ${name} of the cluster is kept: ${message}.`, sinceMs });
  }

  private forget(name: string): void {
    this.looks.delete(name);
    this.empty.delete(name);
    this.keptByName.delete(name);
  }
}
