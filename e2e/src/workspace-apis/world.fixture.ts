import { readFileSync } from 'node:fs';
import { systemClock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import {
  ensureWorkspaceApis,
  type TypeResult,
} from '@kcp-syncer/syncer-runtime/workspace-apis/ensure-workspace-apis.js';
import { defaultResources } from '@kcp-syncer/syncer-runtime/workspace-apis/manifests.js';
import type { AuditEntry, AuditMark } from '../harness/audit.js';
import type { ControlPlane } from '../harness/control-plane.js';
import type { KcpAccess } from '../harness/kcp-access.js';
import { sharedControlPlanes, uniqueName } from '../harness/shared.js';
import { createWorkspace, type Workspace } from '../harness/workspace.js';
import { clientFor } from '../kube/clients.fixture.js';

/** A workspace of its own on the shared servers, and the cluster whose types it gets. */
export interface World {
  readonly kcp: KcpAccess;
  readonly cluster: ControlPlane;
  readonly workspace: Workspace;
}

export async function emptyWorld(): Promise<World> {
  const { kcp, cluster } = await sharedControlPlanes();
  return { kcp, cluster, workspace: await createWorkspace(kcp, uniqueName('types')) };
}

/** Publishes types as the command does, by default the eleven. */
export async function publish(
  { cluster, workspace }: World,
  { resources = defaultResources, publishedBy = 'this-cluster' } = {},
): Promise<TypeResult[]> {
  const upstream = clientFor('upstream', workspace.kubeconfig());
  const downstream = clientFor('downstream', readFileSync(cluster.kubeconfigPath, 'utf8'));
  const { signal } = new AbortController();
  try {
    return await ensureWorkspaceApis(upstream, downstream, { resources, publishedBy, clock: systemClock, signal });
  } finally {
    await Promise.all([upstream.close(), downstream.close()]);
  }
}

/** What the product, and not a test, wrote into the workspace since the mark. */
export function ownWrites({ kcp, workspace }: World, mark: AuditMark): AuditEntry[] {
  return kcp.audit
    .writesSince(mark)
    .filter(({ logicalCluster }) => logicalCluster === workspace.logicalCluster)
    .filter(({ userAgent }) => userAgent.startsWith('kcp-workload-syncer/'));
}

export const outcomes = (results: readonly TypeResult[]): Record<string, string> =>
  Object.fromEntries(results.map((result) => [result.type, 'why' in result ? result.why : result.outcome]));
