import type { ApplyBody, Collection, Ref } from '../harness/admin-client.js';

export const configMaps = { apiVersion: 'v1', resource: 'configmaps' };
export const deployments = { apiVersion: 'apps/v1', resource: 'deployments' };

/** A kind of object that the scenarios write. */
export interface Kind {
  readonly collection: Collection;
  /** What the workspace has to be given first. */
  readonly publish: readonly string[];
  /** The kind has a status, so that the syncer puts its finalizer on each object. */
  readonly hasStatus: boolean;
  body(value: string): ApplyBody;
}

/** ConfigMaps with so many bytes beside the value. */
export function configMap(bytes = 100): Kind {
  const filling = 'x'.repeat(bytes);
  return {
    collection: configMaps,
    publish: [],
    hasStatus: false,
    body: (value) => ({ kind: 'ConfigMap', data: { value, filling } }),
  };
}

export const deployment: Kind = {
  collection: deployments,
  publish: ['deployments.apps'],
  hasStatus: true,
  body: (value) => ({
    kind: 'Deployment',
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'bench' } },
      template: {
        metadata: { labels: { app: 'bench' }, annotations: { value } },
        spec: { containers: [{ name: 'web', image: 'nginx:1.27', ports: [{ containerPort: 80 }] }] },
      },
    },
  }),
};

export function refOf(kind: Kind, namespace: string, name: string): Ref {
  return { ...kind.collection, namespace, name };
}

/** The body with marks of the number and size that the syncer puts on its copies. */
export function marked(body: ApplyBody): ApplyBody {
  const text = 'x'.repeat(36);
  const keys = ['sync-target', 'workspace', 'last-sync', 'applied', 'sync-generation', 'upstream-uid', 'upstream'];
  const annotations = Object.fromEntries(keys.map((key) => [`bare.example.com/${key}`, text]));
  return { ...body, metadata: { labels: { 'bare.example.com/owner': 'xxxxxxxxxxxx' }, annotations } };
}

export const bareFinalizer = 'bare.example.com/held';
