import type { AdminClient, Collection, KubeObject, Ref } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';

export const secrets = { apiVersion: 'v1', resource: 'secrets' };
export const services = { apiVersion: 'v1', resource: 'services' };
export const serviceAccounts = { apiVersion: 'v1', resource: 'serviceaccounts' };
export const pods = { apiVersion: 'v1', resource: 'pods' };
export const deployments = { apiVersion: 'apps/v1', resource: 'deployments' };

export interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

export interface Service extends KubeObject {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly clusterIPs?: readonly string[];
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly nodePort?: number }[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string }[] } };
}

export interface Deployment extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly name: string; readonly image?: string }[] };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

/** A Deployment of one container without a body to speak of. */
export function deploymentOf(
  name: string,
  { replicas = 1, image = 'nginx:1.27' } = {},
): { kind: string; spec: object } {
  const labels = { app: name };
  return {
    kind: 'Deployment',
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'nginx', image }] } },
    },
  };
}

/** What `kubectl rollout status` waits for. */
export function isRolledOut({ metadata, spec, status = {} }: Deployment): boolean {
  const { observedGeneration = 0, updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  return (
    observedGeneration >= (metadata.generation ?? 0) &&
    updatedReplicas === (spec.replicas ?? 1) &&
    replicas === updatedReplicas &&
    availableReplicas === updatedReplicas
  );
}

/** Waits until an object looks right, and gives it back. */
export async function eventuallyObject<T extends KubeObject>(
  admin: AdminClient,
  ref: Ref,
  looksRight: (object: T) => boolean = () => true,
): Promise<T> {
  return await eventually(`${ref.resource} ${ref.name} looks right`, async () => {
    const object = await admin.get<T>(ref);
    if (looksRight(object)) return object;
    throw new Error(JSON.stringify({ ...object, metadata: { ...object.metadata, managedFields: undefined } }));
  });
}

/** Waits until there is no such object. */
export async function eventuallyGone(admin: AdminClient, ref: Ref): Promise<void> {
  await eventually(`${ref.resource} ${ref.name} is gone`, async () => (await admin.find(ref)) === undefined);
}

/** Names of the objects of a collection, sorted. */
export async function namesIn(admin: AdminClient, collection: Collection): Promise<string[]> {
  return (await admin.list(collection)).map(({ metadata }) => metadata.name).sort();
}
