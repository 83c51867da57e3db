import type { Downstream } from '../../base/sides.js';
import type { KubeClient } from '../../kube/client.js';
import { isConflict, isObjectNotFound } from '../../kube/error-class.js';
import { collectionPath, objectPath } from '../../kube/paths.js';
import { annotations, fieldManager } from '../../object/marks.js';
import { parseJson } from '../../object/parse.js';
import { reasons } from '../../object/reasons.js';
import type { KubeObject } from '../../object/types.js';
import { waiting, type SyncResult } from '../result.js';
import { decideNamespace } from './decide.js';
import { claimOf, namespaceFactsOf, type NamespaceFacts } from './facts.js';
import { mappedNamespace, type NamespaceMapping } from './mapping.js';
import { newNamespace, type NamespaceTemplate } from './template.js';

const namespaces = { group: '', version: 'v1', resource: 'namespaces' };
const LOOK_AGAIN_MS = 30_000;
const RACE_RETRIES = 5;

export interface NamespaceKeeperOptions {
  readonly downstream: Downstream<KubeClient>;
  readonly owner: string;
  readonly syncTarget: string;
  readonly mapping: NamespaceMapping;
  readonly template: NamespaceTemplate;
  readonly isProtected: (downstreamNamespace: string) => boolean;
  readonly mayUseExisting: (downstreamNamespace: string) => boolean;
  /** A downstream namespace as the watch of namespaces shows it, if there is one and it does. */
  readonly watched: (downstreamNamespace: string) => NamespaceFacts | undefined;
  readonly signal: AbortSignal;
}

/** Sees to it that the namespaces we write into are ours to write (S6): created with a claim, or claimed. */
export class NamespaceKeeper {
  /** What replies to our own requests said; what the watch says counts more. */
  private readonly known = new Map<string, NamespaceFacts>();
  private readonly underWay = new Map<string, Promise<SyncResult | undefined>>();

  constructor(private readonly options: NamespaceKeeperOptions) {}

  /** A write found that the downstream namespace is not what we took it for. */
  forget(name: string): void {
    this.known.delete(name);
  }

  /**
   * Makes the downstream namespace of an upstream one ready for writes. undefined: it is; otherwise what the object
   * that wants in has to wait for.
   * @throws ApiError
   */
  async ensure(upstreamNamespace: string): Promise<SyncResult | undefined> {
    const name = mappedNamespace(this.options.mapping, upstreamNamespace);
    const claim = claimOf(this.options.owner, this.options.syncTarget, upstreamNamespace);
    const known = this.options.watched(name) ?? this.known.get(name);
    if (known?.claim === claim && !known.deleting && !this.options.isProtected(name)) return undefined;
    let work = this.underWay.get(name);
    if (!work) {
      work = this.prepare(name, claim).finally(() => this.underWay.delete(name));
      this.underWay.set(name, work);
    }
    return await work;
  }

  private async prepare(name: string, claim: string): Promise<SyncResult | undefined> {
    for (let attempt = 0; attempt < RACE_RETRIES; attempt++) {
      const existing = this.options.isProtected(name) ? undefined : await this.read(name);
      const decision = decideNamespace({
        name,
        existing,
        claim,
        isProtected: this.options.isProtected(name),
        mayUseExisting: this.options.mayUseExisting(name),
      });
      if (decision.do === 'use') return undefined;
      if (decision.do === 'refuse') return waiting(decision.reason, decision.message, LOOK_AGAIN_MS);
      if (await this.write(name, claim, existing)) return undefined;
    }
    return waiting(
      reasons.Conflict,
      `Namespace ${name} of the cluster changes faster than it can be claimed.`,
      LOOK_AGAIN_MS,
    );
  }

  private async read(name: string): Promise<NamespaceFacts | undefined> {
    try {
      const reply = await this.options.downstream.request({
        method: 'GET',
        path: objectPath(namespaces, { name }),
        signal: this.options.signal,
      });
      return this.note(reply.text);
    } catch (error) {
      if (!isObjectNotFound(error, { ...namespaces, name })) throw error;
      this.forget(name);
      return undefined;
    }
  }

  /** Creates the namespace, or puts the claim on the version that was read. false: somebody was faster. */
  private async write(name: string, claim: string, existing: NamespaceFacts | undefined): Promise<boolean> {
    try {
      const reply = await this.options.downstream.request(
        existing ? this.claiming(existing, claim) : this.creating(name, claim),
      );
      this.note(reply.text);
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  }

  private note(text: string): NamespaceFacts {
    const facts = namespaceFactsOf(parseJson(text) as KubeObject);
    this.known.set(facts.name, facts);
    return facts;
  }

  private creating(name: string, claim: string): Parameters<KubeClient['request']>[0] {
    return {
      method: 'POST',
      path: collectionPath(namespaces, undefined, { fieldManager }),
      body: JSON.stringify(newNamespace(name, claim, this.options.template)),
      signal: this.options.signal,
    };
  }

  private claiming(existing: NamespaceFacts, claim: string): Parameters<KubeClient['request']>[0] {
    return {
      method: 'PATCH',
      path: objectPath(namespaces, { name: existing.name }, { fieldManager }),
      contentType: 'application/merge-patch+json',
      body: JSON.stringify({
        metadata: {
          uid: existing.uid,
          resourceVersion: existing.rv,
          annotations: { [annotations.namespaceClaim]: claim, [annotations.namespaceReleased]: null },
        },
      }),
      signal: this.options.signal,
    };
  }
}
