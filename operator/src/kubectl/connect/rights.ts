import { rbacManifests } from '@kcp-syncer/syncer-runtime/access/manifests.js';
import { minimalRoles } from '@kcp-syncer/syncer-runtime/access/minimal-roles.js';
import type { SyncedType } from '@kcp-syncer/syncer-runtime/access/rule.js';
import { servedTypes } from '@kcp-syncer/syncer-runtime/access/synced-types.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { Ref } from '@kcp-syncer/syncer-runtime/kube/find-object.js';
import { discover, type Discovered } from '@kcp-syncer/syncer-runtime/kube/discovery.js';
import { typeName } from '@kcp-syncer/syncer-runtime/object/types.js';
import { selectsType } from '@kcp-syncer/syncer-runtime/select/types.js';
import type { Selection } from '@kcp-syncer/syncer-runtime/select/selection.js';
import { defaultResources } from '@kcp-syncer/syncer-runtime/workspace-apis/manifests.js';
import { refOf } from '../objects.js';
import { roleNameOf, type Manifest } from '../manifests.js';

/** What both servers serve. @throws Error when one does not tell all of it. */
export async function discovered(
  upstream: KubeClient,
  downstream: KubeClient,
  signal: AbortSignal,
): Promise<{ readonly upstream: Discovered; readonly downstream: Discovered }> {
  const [up, down] = await Promise.all([discover(upstream, signal), discover(downstream, signal)]);
  for (const [{ server }, { failedGroups }] of [[upstream, up] as const, [downstream, down] as const])
    if (failedGroups.length > 0)
      throw new Error(`${server} does not tell what it serves of ${failedGroups.join(', ')}: try again`);
  return { upstream: up, downstream: down };
}

/** The types that are synced once the usual ones are published. */
export function futureTypes(
  selection: Selection,
  served: { readonly upstream: Discovered; readonly downstream: Discovered },
): SyncedType[] {
  const now = servedTypes(selection, served);
  const known = new Set(now.map(typeName));
  const published = served.downstream.types.filter(
    (type) => defaultResources.includes(typeName(type)) && selectsType(selection, type) && !known.has(typeName(type)),
  );
  const names = new Map(published.map(({ group, resource }) => [typeName({ group, resource }), { group, resource }]));
  return [...now, ...[...names.values()].map((type) => ({ ...type, hasStatus: true }))];
}

/** The least rights of a syncer in the workspace. */
export function roleManifests(
  syncTarget: string,
  { types, user }: { readonly types: readonly SyncedType[]; readonly user: string },
): Manifest[] {
  const { upstream } = minimalRoles({
    syncTarget,
    types,
    removesNamespaces: false,
    roleName: roleNameOf(syncTarget),
    // of the cluster's roles nothing is used: those are the operator's
    users: { upstream: user, downstream: user },
  });
  return upstream.map((desired) => ({ ref: refOf(desired), desired }));
}

/** With them an account renews its own token, and no other's. */
export function renewalManifests(account: Ref & { readonly namespace: string }): Manifest[] {
  const { namespace, name } = account;
  const rules = [{ apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [name], verbs: ['create'] }];
  const user = `system:serviceaccount:${namespace}:${name}`;
  return rbacManifests({ name, namespace, user, rules }).map((desired) => ({ ref: refOf(desired), desired }));
}
