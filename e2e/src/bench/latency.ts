import { bareStatus, bareUpdate } from './bare-client.js';
import { configMap, deployment, refOf, type Kind } from './objects.js';
import { paced } from './pace.js';
import { Sightings, type TagOf } from './sightings.js';
import type { Tenant } from './tenant.js';

/** A kind of change, on its way from one side to the other. */
export interface Direction {
  readonly kind: Kind;
  /** Where the change shows. */
  readonly to: 'up' | 'down';
  readonly tagOf: TagOf<never>;
  /** A user's change, of the spec in the workspace or of the status in the cluster. */
  readonly change: (tenant: Tenant, name: string, step: number) => Promise<unknown>;
  /** The bare client's write. */
  readonly write: (tenant: Tenant, name: string, step: number) => Promise<unknown>;
}

const small = configMap();

export const specDown: Direction = {
  kind: small,
  to: 'down',
  tagOf: ({ metadata, data }: { metadata: { name: string }; data?: { value?: string } }) =>
    `${metadata.name} ${data?.value ?? ''}`,
  change: async ({ up, namespace }, name, step) =>
    await up.apply(refOf(small, namespace, name), small.body(String(step))),
  write: async ({ bare, bareNamespace }, name, step) => {
    await bareUpdate(bare, { ref: refOf(small, bareNamespace, name), body: small.body(String(step)) });
  },
};

export const statusUp: Direction = {
  kind: deployment,
  to: 'up',
  tagOf: ({ metadata, status }: { metadata: { name: string }; status?: { replicas?: number } }) =>
    `${metadata.name} ${status?.replicas ?? ''}`,
  change: async (tenant, name, step) => {
    const ref = { ...refOf(deployment, tenant.namespace, name), subresource: 'status' };
    return await tenant.down.patch(ref, { status: { replicas: step } });
  },
  write: async ({ bare, bareNamespace }, name, step) => {
    await bareStatus(bare, refOf(deployment, bareNamespace, name), { replicas: step });
  },
};

export interface Load {
  readonly names: readonly string[];
  readonly samples: number;
  readonly perSecond: number;
  readonly by: 'bare' | 'syncer';
  /** The number of the first change; no other run on the same objects may have it. */
  readonly firstStep?: number;
}

/** Watches where the changes of this direction show. */
export async function watchEnd(tenant: Tenant, direction: Direction, namespace: string): Promise<Sightings> {
  const { servers, workspace } = tenant.parts;
  const isDown = direction.to === 'down';
  const credentials = isDown ? servers.cluster.credentials() : servers.kcp.credentialsFor(workspace.path);
  const tagOf = direction.tagOf as TagOf<{ metadata: { name: string } }>;
  return await Sightings.open(credentials, { ...direction.kind.collection, namespace }, tagOf);
}

/** In ms, to where the other side shows a change. */
export interface Delays {
  /** From the acknowledgement of the user's change; of the bare client, which has no user, from its own sending. */
  readonly acknowledged: readonly number[];
  readonly sent: readonly number[];
}

/** Makes changes at a steady pace, and sees when they arrive. */
export async function delaysOf(tenant: Tenant, direction: Direction, load: Load): Promise<Delays> {
  const { names, samples, perSecond, by, firstStep = 1 } = load;
  const sightings = await watchEnd(tenant, direction, by === 'bare' ? tenant.bareNamespace : tenant.namespace);
  const sent = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  try {
    await paced({ perSecond, count: samples }, async (index) => {
      const name = names[index % names.length] ?? '';
      const step = firstStep + index;
      const tag = `${name} ${step}`;
      sent.set(tag, performance.now());
      await direction[by === 'bare' ? 'write' : 'change'](tenant, name, step);
      acknowledged.set(tag, performance.now());
    });
    await sightings.seen(sent.keys());
    const since = (times: ReadonlyMap<string, number>): number[] =>
      [...times].map(([tag, at]) => Math.max(0, sightings.when(tag) - at));
    return { sent: since(sent), acknowledged: since(by === 'bare' ? sent : acknowledged) };
  } finally {
    await sightings.close();
  }
}
