import type { KubeObject, ResourceType } from '@kcp-syncer/syncer-runtime/object/types.js';

/** An object as a user writes it in kcp, and one write of somebody else in the cluster that takes a field of it. */
export interface Sample {
  readonly type: ResourceType;
  readonly object: KubeObject;
  /** A JSON patch by another manager. */
  readonly foreign: readonly object[];
  /** The path of the field that is no longer ours after it. */
  readonly lost: string;
}

function type(text: string): ResourceType {
  const [resource = '', kind = '', version = '', group = ''] = text.split('/').reverse();
  return { group, version, kind, resource, namespaced: true, verbs: [], subresources: [] };
}

const template = {
  metadata: { labels: { app: 'web' }, annotations: { 'example.com/note': 'x' }, creationTimestamp: null },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'nginx:1.27',
        command: ['nginx'],
        args: ['-g', 'daemon off;'],
        ports: [
          { containerPort: 80 },
          { containerPort: 80, protocol: 'UDP' },
          { containerPort: 443, protocol: 'TCP', name: 'tls' },
        ],
        env: [
          { name: 'PLAIN', value: 'x' },
          { name: 'FIELD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
          { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        ],
        envFrom: [],
        resources: { limits: { cpu: '0.5', memory: '1024Mi' }, requests: { cpu: '250m' } },
        readinessProbe: { httpGet: { path: '/', port: 'tls' } },
        livenessProbe: { exec: { command: ['true'] }, periodSeconds: 5 },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        securityContext: { capabilities: { drop: ['ALL'] } },
      },
      { name: 'side', image: 'busybox' },
    ],
    initContainers: [{ name: 'init', image: 'busybox' }],
    volumes: [
      { name: 'data', emptyDir: {} },
      { name: 'conf', configMap: { name: 'c', items: [{ key: 'a', path: 'a' }] } },
      { name: 'all', projected: { sources: [{ secret: { name: 's' } }] } },
    ],
    securityContext: {},
    nodeSelector: { disk: 'ssd' },
    tolerations: [{ key: 'x', operator: 'Exists' }],
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { app: 'web' } },
      },
    ],
    imagePullSecrets: [{ name: 'pull' }],
    hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
  },
};

const claim = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '1024Mi' } },
  storageClassName: 'fast',
};

const metadata = { name: 'sample', labels: { app: 'web', 'example.com/x': 'y' }, annotations: { note: 'x' } };

export const samples: readonly Sample[] = [
  {
    type: type('v1/ConfigMap/configmaps'),
    object: { metadata, data: { a: 'b', 'a.conf': 'x\ny' }, binaryData: { c: 'AAEC' } },
    foreign: [{ op: 'replace', path: '/data/a', value: 'changed' }],
    lost: '.data.a',
  },
  {
    type: type('v1/Secret/secrets'),
    object: { metadata, type: 'Opaque', data: { password: 'eA==' } },
    foreign: [{ op: 'remove', path: '/data/password' }],
    lost: '.data.password',
  },
  {
    type: type('v1/ServiceAccount/serviceaccounts'),
    object: { metadata, imagePullSecrets: [{ name: 'pull' }], automountServiceAccountToken: false },
    foreign: [{ op: 'replace', path: '/automountServiceAccountToken', value: true }],
    lost: '.automountServiceAccountToken',
  },
  {
    type: type('apps/v1/Deployment/deployments'),
    object: { metadata, spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, strategy: {}, template } },
    foreign: [{ op: 'replace', path: '/spec/template/spec/containers/1/image', value: 'other' }],
    lost: '.spec.template.spec.containers[name="side"].image',
  },
  {
    type: type('apps/v1/StatefulSet/statefulsets'),
    object: {
      metadata,
      spec: {
        serviceName: 'web',
        selector: { matchLabels: { app: 'web' } },
        template,
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
      },
    },
    foreign: [{ op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value: 'y' }],
    lost: '.spec.template.spec.containers[name="web"].env[name="PLAIN"].value',
  },
  {
    type: type('apps/v1/DaemonSet/daemonsets'),
    object: { metadata, spec: { selector: { matchLabels: { app: 'web' } }, template } },
    foreign: [{ op: 'replace', path: '/spec/template/spec/containers/0/args', value: ['-t'] }],
    lost: '.spec.template.spec.containers[name="web"].args',
  },
  {
    type: type('batch/v1/Job/jobs'),
    object: { metadata, spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } }, backoffLimit: 2 } },
    foreign: [{ op: 'replace', path: '/spec/backoffLimit', value: 3 }],
    lost: '.spec.backoffLimit',
  },
  {
    type: type('batch/v1/CronJob/cronjobs'),
    object: {
      metadata,
      spec: {
        schedule: '0 0 * * *',
        jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
      },
    },
    foreign: [{ op: 'replace', path: '/spec/schedule', value: '1 0 * * *' }],
    lost: '.spec.schedule',
  },
  {
    type: type('v1/Service/services'),
    object: {
      metadata,
      spec: {
        type: 'LoadBalancer',
        selector: { app: 'web' },
        ports: [
          { port: 80, name: 'http', targetPort: 'tls' },
          { port: 53, protocol: 'UDP', name: 'dns', targetPort: 53 },
        ],
      },
    },
    foreign: [{ op: 'replace', path: '/spec/ports/0/targetPort', value: 81 }],
    lost: '.spec.ports[port=80,protocol="TCP"].targetPort',
  },
  {
    type: type('v1/PersistentVolumeClaim/persistentvolumeclaims'),
    object: { metadata, spec: claim },
    foreign: [{ op: 'replace', path: '/metadata/labels/app', value: 'other' }],
    lost: '.metadata.labels.app',
  },
  {
    type: type('networking.k8s.io/v1/Ingress/ingresses'),
    object: {
      metadata,
      spec: {
        rules: [
          {
            host: 'a.example.com',
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
            },
          },
        ],
        tls: [{ hosts: ['a.example.com'], secretName: 'tls' }],
      },
    },
    foreign: [{ op: 'replace', path: '/spec/rules/0/host', value: 'b.example.com' }],
    lost: '.spec.rules',
  },
  {
    type: type('networking.k8s.io/v1/NetworkPolicy/networkpolicies'),
    object: {
      metadata,
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'tls' }, { port: 80 }] }],
      },
    },
    foreign: [{ op: 'add', path: '/spec/ingress/-', value: {} }],
    lost: '.spec.ingress',
  },
  {
    type: type('autoscaling/v2/HorizontalPodAutoscaler/horizontalpodautoscalers'),
    object: {
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'sample' },
        minReplicas: 1,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '0.5' } } },
        ],
        behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
      },
    },
    foreign: [{ op: 'replace', path: '/spec/maxReplicas', value: 6 }],
    lost: '.spec.maxReplicas',
  },
  {
    type: type('policy/v1/PodDisruptionBudget/poddisruptionbudgets'),
    object: { metadata, spec: { maxUnavailable: '25%', selector: { matchLabels: { app: 'web' } } } },
    foreign: [{ op: 'replace', path: '/spec/maxUnavailable', value: 1 }],
    lost: '.spec.maxUnavailable',
  },
  {
    type: type('v1/LimitRange/limitranges'),
    object: { metadata, spec: { limits: [{ type: 'Container', default: { cpu: '0.5' } }] } },
    foreign: [{ op: 'replace', path: '/spec/limits/0/default/cpu', value: '1' }],
    lost: '.spec.limits',
  },
];

export const thingType = type('owned.example.com/v1/Thing/things');

/** A type with every kind of list and map that a schema can declare. */
export const thingDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.owned.example.com' },
  spec: {
    group: 'owned.example.com',
    scope: 'Namespaced',
    names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  words: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
                  numbers: {
                    type: 'array',
                    items: { type: 'integer', format: 'int64' },
                    'x-kubernetes-list-type': 'set',
                  },
                  plainList: { type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
                  parts: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['name', 'zone'],
                    items: {
                      type: 'object',
                      required: ['name'],
                      properties: {
                        name: { type: 'string' },
                        zone: { type: 'string', default: 'a' },
                        size: { type: 'integer' },
                        more: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
                      },
                    },
                  },
                  entries: {
                    type: 'object',
                    additionalProperties: {
                      type: 'object',
                      properties: { size: { type: 'integer' }, color: { type: 'string' } },
                    },
                  },
                  whole: {
                    type: 'object',
                    'x-kubernetes-map-type': 'atomic',
                    properties: { a: { type: 'string' }, b: { type: 'string', default: 'filled in' } },
                  },
                  free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  either: { 'x-kubernetes-int-or-string': true },
                },
              },
            },
          },
        },
      },
    ],
  },
};

export const thing: KubeObject = {
  metadata,
  spec: {
    words: ['a', 'with "quotes"', '<html>', 'é'],
    numbers: [1, 20],
    plainList: [{ x: 1 }, { y: [2] }],
    parts: [{ name: 'p' }, { name: 'p', zone: 'b', size: 2, more: ['x', 'y'] }, { name: 'q', zone: 'a', more: [] }],
    entries: { one: { size: 1 }, two: { size: 2, color: 'red' }, none: {} },
    whole: { a: 'x' },
    free: { deep: { list: [{ a: 1 }], empty: {}, none: [], text: 'x' }, 'key/with.dots': true },
    either: '25%',
  },
};
