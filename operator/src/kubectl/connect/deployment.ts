import { secretKey } from '../../credentials/managed-secret.js';
import { deploymentRef, secretRef, type Manifest } from '../manifests.js';
import type { ConnectOptions } from './options.js';

/** The types are published by `connect`, with the administrator's rights: the syncer's own do not reach that far. */
export function deploymentManifest(options: ConnectOptions, syncTarget: string): Manifest {
  const { namespace, name, workspace, spec } = options;
  return {
    ref: deploymentRef(options),
    desired: {
      apiVersion: 'workload.kcp.io/v1alpha1',
      kind: 'SyncerDeployment',
      metadata: { name, namespace },
      spec: {
        workspace,
        syncTarget: { name: syncTarget, createPolicy: 'Never' },
        kcp: { kubeconfigSecretRef: { name: secretRef(options).name, key: secretKey } },
        workspaceAPIs: { mode: 'Require' },
        ...spec,
      },
    },
  };
}
