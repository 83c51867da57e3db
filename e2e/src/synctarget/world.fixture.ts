import { readFileSync } from 'node:fs';
import { syncTargetCrd } from '@kcp-syncer/crds/generated/synctarget-crd.js';
import type { SyncTarget, SyncTargetSpec } from '@kcp-syncer/crds/generated/synctarget.js';
import { systemClock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import { kcpServer } from '@kcp-syncer/syncer-runtime/kube/server-url.js';
import { register, type Registration } from '@kcp-syncer/syncer-runtime/synctarget/registration.js';
import type { Account, Rule } from '../harness/account.js';
import { workspaceAccount } from '../harness/account.js';
import { eventually } from '../harness/eventually.js';
import type { KcpAccess } from '../harness/kcp-access.js';
import { uniqueName } from '../harness/shared.js';
import { createWorkspace, ensureWorkspace, type Workspace } from '../harness/workspace.js';

export const syncTargets = { apiVersion: 'workload.kcp.io/v1alpha1', resource: 'synctargets' };
const definitions = { apiVersion: 'apiextensions.k8s.io/v1', resource: 'customresourcedefinitions' };

/** What a syncer needs to register and to report. */
export const reporterRules: readonly Rule[] = [
  { apiGroups: ['core.kcp.io'], resources: ['logicalclusters'], verbs: ['get'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets'], verbs: ['get'] },
  { apiGroups: ['workload.kcp.io'], resources: ['synctargets/status'], verbs: ['patch'] },
];

/** A workspace that serves SyncTargets; the server judged their definition strictly. */
export async function workspaceWithType(kcp: KcpAccess): Promise<Workspace> {
  const workspace = await createWorkspace(kcp, uniqueName('tenant'));
  const { code, stderr } = await workspace.kubectl(['create', '--validate=strict', '-f', '-'], {
    input: JSON.stringify(syncTargetCrd),
  });
  if (code !== 0 || stderr !== '') throw new Error(stderr);
  await eventually('SyncTargets are served and discovered', async () => {
    const { text } = await workspace.admin.request('GET', '/apis/workload.kcp.io/v1alpha1');
    return (
      text.includes('"synctargets/status"') &&
      (await isEstablished(workspace)) &&
      (await workspace.admin.list(syncTargets))
    );
  });
  return workspace;
}

async function isEstablished(workspace: Workspace): Promise<boolean> {
  const { status } = await publishedType(workspace);
  return status?.conditions?.some(({ type, status: holds }) => type === 'Established' && holds === 'True') === true;
}

export async function publishedType(
  workspace: Workspace,
): Promise<{ status?: { conditions?: { type: string; status: string }[] } }> {
  return await workspace.admin.get({ ...definitions, name: syncTargetCrd.metadata.name });
}

export async function createSyncTarget(
  workspace: Workspace,
  spec: SyncTargetSpec = {},
  name = 'my-cluster',
): Promise<SyncTarget> {
  const body = { apiVersion: syncTargets.apiVersion, kind: 'SyncTarget', metadata: { name }, spec };
  return await workspace.admin.create<SyncTarget>(syncTargets, body);
}

export async function syncTargetIn(workspace: Workspace): Promise<SyncTarget> {
  return await workspace.admin.get<SyncTarget>({ ...syncTargets, name: 'my-cluster' });
}

/** An account that may do what `rules` say in the workspace, and nothing else. */
export async function accountFor(kcp: KcpAccess, workspace: Workspace, rules: readonly Rule[]): Promise<Account> {
  const identity = await ensureWorkspace(kcp, 'identities');
  return await workspaceAccount(kcp, { name: uniqueName('syncer'), rules, workspace, identity });
}

/** The product's own client, at a workspace. */
export function clientAt(kubeconfig: string, workspacePath: string): KubeClient {
  const access = serverAccess(kubeconfig, { clock: systemClock });
  const server = kcpServer(access.server, workspacePath);
  return createKubeClient({
    side: 'upstream',
    access,
    server,
    gates: new Gates(),
    clock: systemClock,
    version: 'test',
  });
}

export function clientOf(account: Account, workspace: Workspace): KubeClient {
  return clientAt(readFileSync(account.kubeconfigPath, 'utf8'), workspace.path);
}

export interface Registered {
  readonly registration: Registration;
  readonly notices: readonly string[];
}

export async function registered(client: KubeClient, workspace: string, uid: string): Promise<Registered> {
  const notices: string[] = [];
  const registration = await register(client, {
    syncTarget: { name: 'my-cluster', uid },
    workspace,
    syncerInstance: 'process-1',
    heartbeatPeriodMs: 1_000,
    clock: systemClock,
    signal: AbortSignal.timeout(60_000),
    onWaiting: (notice) => notices.push(notice),
  });
  return { registration, notices };
}
