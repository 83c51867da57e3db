import { asUpstream, type Side } from '../base/sides.js';
import type { ObjectMap } from '../informer/object-map.js';
import type { KubeObject, OwnerReference, ResourceType } from '../object/types.js';
import { matchesLabels, type LabelSelector } from '../select/label-selector.js';
import { selectsNamespace } from '../select/namespaces.js';
import { neverSyncedObject } from '../select/never-objects.js';
import type { Selection } from '../select/selection.js';
import { isChosen } from '../select/types.js';
import type { NamespaceFacts } from '../sync/namespace/facts.js';
import type { NamespaceMapping } from '../sync/namespace/mapping.js';
import type { TypeSet } from './type-set.js';

export interface ObjectSelectionOptions {
  readonly namespaces: Selection;
  /** That objects have in the workspace. */
  readonly labels: LabelSelector;
  readonly types: TypeSet;
  readonly upstreamNamespaces: ObjectMap<NamespaceFacts>;
  readonly mapping: NamespaceMapping;
}

/** Which objects of the selected types are synced. */
export class ObjectSelection {
  constructor(private readonly options: ObjectSelectionOptions) {}

  selects(type: ResourceType, object: KubeObject): boolean {
    const { namespaces, labels, mapping } = this.options;
    const { namespace = '' } = object.metadata;
    if (!matchesLabels(labels, object.metadata.labels)) return false;
    if (!selectsNamespace(namespaces, namespace) || mapping.toDownstream(namespace) === undefined) return false;
    return neverSyncedObject(type, asUpstream(object), (owner) => this.isSyncedKind(owner)) === undefined;
  }

  /**
   * Namespaces of a side to try one by one where it may not be read as a whole: those that are named, and those that the
   * workspace shows.
   */
  candidateNamespaces(side: Side): readonly string[] {
    const { namespaces, upstreamNamespaces, mapping } = this.options;
    const named = namespaces.include.filter((pattern) => !pattern.includes('*'));
    const candidates = [...new Set([...named, ...mapping.named, ...upstreamNamespaces.names()])];
    return candidates.flatMap((namespace) => {
      const downstream = mapping.toDownstream(namespace);
      if (downstream === undefined || !selectsNamespace(namespaces, namespace)) return [];
      return [side === 'upstream' ? namespace : downstream];
    });
  }

  private isSyncedKind({ apiVersion, kind }: OwnerReference): boolean {
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    for (const { choice } of this.options.types.values()) {
      if (
        choice.draining !== true &&
        choice.group === group &&
        isChosen(choice.outcome) &&
        choice.outcome.upstream.kind === kind
      )
        return true;
    }
    return false;
  }
}
