import { annotations } from '../../object/marks.js';
import type { KubeObject } from '../../object/types.js';

/** What namespaces of the cluster get that the syncer creates. */
export interface NamespaceTemplate {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What a namespace gets unless the template says otherwise: the names in kcp are a tenant's to choose. */
const enforced = { 'pod-security.kubernetes.io/enforce': 'baseline' };

/** A downstream namespace as it is created, with our marks, which no template can change. */
export function newNamespace(name: string, claim: string, template: NamespaceTemplate): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: { ...enforced, ...template.labels },
      annotations: {
        ...template.annotations,
        [annotations.namespaceClaim]: claim,
        [annotations.namespaceCreated]: 'true',
      },
    },
  };
}
