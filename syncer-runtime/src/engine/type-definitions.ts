import type { Clock } from '../base/clock.js';
import type { Upstream } from '../base/sides.js';
import { ObjectMap } from '../informer/object-map.js';
import { runReflector } from '../informer/reflector.js';
import type { KubeClient } from '../kube/client.js';
import { isForbidden } from '../kube/error-class.js';
import { typeName, type KubeObject, type ResourceType } from '../object/types.js';
import type { TypeDefinition } from '../sync/evidence/verdict.js';

export const crdType = { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' };
const bindings = { group: 'apis.kcp.io', version: 'v1alpha2', resource: 'apibindings' };

interface Definition {
  readonly uid: string;
  readonly deleting: boolean;
}

interface BindingFacts extends Definition {
  /** `deployments.apps` of what it serves. */
  readonly types: readonly string[];
}

/** What kcp serves in every workspace by itself, whoever may read what. */
const builtInTypes = new Set(['configmaps', 'secrets', 'serviceaccounts', 'resourcequotas', 'limitranges']);

/** What serves each type of the workspace, with its uid: the type's identity (S25). */
export class TypeDefinitions {
  private readonly crds: ObjectMap<Definition>;
  private readonly bindings: ObjectMap<BindingFacts>;

  constructor(
    private readonly options: {
      readonly upstream: Upstream<KubeClient>;
      readonly clock: Clock;
      readonly onChange: () => void;
      readonly onTrouble: (error: unknown) => void;
    },
  ) {
    const { onChange, onTrouble } = options;
    this.crds = new ObjectMap({ factsOf: definitionFactsOf, onChange, onTrouble });
    this.bindings = new ObjectMap({ factsOf: bindingFactsOf, onChange, onTrouble });
  }

  /** Both were listed once, or may not be: before that nothing is known of any type. */
  get settled(): boolean {
    return [this.crds, this.bindings].every((map) => map.complete || isForbidden(map.trouble));
  }

  async run(signal: AbortSignal): Promise<void> {
    const { upstream: client, clock } = this.options;
    await Promise.all([
      runReflector({ client, clock, scope: { type: crdType, metadataOnly: true }, sink: this.crds }, signal),
      runReflector({ client, clock, scope: { type: bindings }, sink: this.bindings }, signal),
    ]);
  }

  definitionOf(type: ResourceType): TypeDefinition {
    const crdName = `${type.resource}.${type.group === '' ? 'core' : type.group}`;
    const crd = this.crds.get(crdName);
    if (crd) return { kind: 'crd', name: crdName, ...crd };
    for (const name of this.bindings.names()) {
      const binding = this.bindings.get(name);
      if (binding?.types.includes(typeName(type)))
        return { kind: 'binding', name, uid: binding.uid, deleting: binding.deleting };
    }
    if (builtInTypes.has(typeName(type)) || (this.crds.complete && this.bindings.complete)) return { kind: 'builtIn' };
    const trouble = this.crds.trouble ?? this.bindings.trouble;
    return { kind: 'unknown', why: unknownBecause(trouble) };
  }
}

function unknownBecause(trouble: unknown): string {
  if (isForbidden(trouble))
    return 'the credentials may not list customresourcedefinitions.apiextensions.k8s.io and apibindings.apis.kcp.io in the workspace, so nobody can tell what serves the type';
  return 'what serves the type in the workspace is not known yet';
}

function definitionFactsOf({ metadata }: KubeObject): Definition {
  return { uid: metadata.uid ?? '', deleting: metadata.deletionTimestamp !== undefined };
}

function bindingFactsOf(object: KubeObject): BindingFacts {
  const status = object['status'] as { boundResources?: readonly { group?: string; resource?: string }[] } | undefined;
  const types = (status?.boundResources ?? []).map(({ group, resource }) =>
    typeName({ group: group ?? '', resource: resource ?? '' }),
  );
  return { ...definitionFactsOf(object), types };
}
