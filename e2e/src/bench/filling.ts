import type { AuditEntry, AuditMark } from '../harness/audit.js';
import { eventually } from '../harness/eventually.js';
import { pathOf } from '../harness/admin-client.js';
import type { AdminClient } from '../harness/admin-client.js';
import { refOf, type Kind } from './objects.js';
import { forEachOf, numbered } from './pace.js';
import type { Tenant } from './tenant.js';

const ATONCE = 32;

/** Objects of the kind in a namespace of the workspace; their names. */
export async function fill(
  tenant: Tenant,
  kind: Kind,
  { count, namespace = tenant.namespace }: { count: number; namespace?: string },
): Promise<string[]> {
  const names = numbered('object', count);
  await forEachOf(names, ATONCE, async (name) => {
    await tenant.up.apply(refOf(kind, namespace, name), kind.body('0'));
  });
  return names;
}

/** Waits until the namespace of the cluster has so many objects, asking for their number alone. */
export async function arrived(
  admin: AdminClient,
  collection: { apiVersion: string; resource: string; namespace: string },
  count: number,
): Promise<void> {
  await eventually(
    `${count} ${collection.resource} have arrived`,
    async () => {
      const { code, text } = await admin.request('GET', pathOf(collection), { query: { limit: '1' } });
      if (code !== 200) throw new Error(text);
      const { metadata, items } = JSON.parse(text) as { metadata: { remainingItemCount?: number }; items: unknown[] };
      const found = items.length + (metadata.remainingItemCount ?? 0);
      if (found < count) throw new Error(`there are ${found}`);
      return true;
    },
    { timeoutMs: 600_000, pollMs: 200 },
  );
}

/** What the tenant's syncer has written in the cluster since the mark, by the server's own log. */
export function copiesSince(tenant: Tenant, mark: AuditMark): AuditEntry[] {
  const { cluster } = tenant.parts.servers;
  return cluster.audit
    .writesSince(mark, tenant.parts.accounts.down.user)
    .filter(({ object }) => object.namespace === tenant.namespace);
}
