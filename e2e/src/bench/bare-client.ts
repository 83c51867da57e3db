import type { AdminClient, ApplyBody, Ref } from '../harness/admin-client.js';
import { bareFinalizer, marked, type Kind } from './objects.js';

/** Both sides under the accounts of a syncer. */
export interface Sides {
  readonly up: AdminClient;
  readonly down: AdminClient;
}

const manager = { fieldManager: 'bare', force: true };

/** The writes that a new object takes, and nothing else: its finalizer, if it has a status, and its copy. */
export async function bareCreate(sides: Sides, kind: Kind, copy: { ref: Ref; body: ApplyBody }): Promise<void> {
  const { kind: kindName } = copy.body;
  if (kind.hasStatus)
    await sides.up.apply(copy.ref, { kind: kindName, metadata: { finalizers: [bareFinalizer] } }, manager);
  await bareUpdate(sides, copy);
}

/** The one write that a change takes. */
export async function bareUpdate({ down }: Sides, copy: { ref: Ref; body: ApplyBody }): Promise<void> {
  await down.apply(copy.ref, marked(copy.body), manager);
}

/** The one write that takes a status up. */
export async function bareStatus({ up }: Sides, ref: Ref, status: object): Promise<void> {
  await up.patch({ ...ref, subresource: 'status' }, [{ op: 'add', path: '/status', value: status }], { type: 'json' });
}

/** The writes that a deletion takes: the copy's, and the release of the finalizer. */
export async function bareDelete({ up, down }: Sides, ref: Ref): Promise<void> {
  await down.delete(ref);
  await up.patch(ref, [{ op: 'remove', path: '/metadata/finalizers/0' }], { type: 'json' });
}
