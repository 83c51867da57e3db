import { asDownstream, type Downstream } from '../base/sides.js';
import type { KubeObject } from './types.js';

/** What we applied, and what a real API server (v1.36.3) then showed. Recorded; the same is tried anew in e2e. */
export interface Captured {
  readonly kind: string;
  readonly desired: Downstream<KubeObject>;
  /** Right after our apply. */
  readonly live: Downstream<KubeObject>;
  /** After somebody else took the field at the path `lost`. */
  readonly taken: Downstream<KubeObject>;
  readonly lost: string;
}

interface Recorded {
  readonly kind: string;
  readonly desired: KubeObject;
  readonly live: KubeObject;
  readonly taken: KubeObject;
  readonly lost: string;
}

const recorded: readonly Recorded[] = [
  {
    kind: 'ConfigMap',
    desired: {
      metadata: {
        name: 'sample',
        namespace: 'default',
        labels: { app: 'web', 'example.com/x': 'y', 'syncer.kcp.io/owner': '0123456789abcdef' },
        annotations: {
          note: 'x',
          'syncer.kcp.io/sync-target': 'cluster',
          'syncer.kcp.io/workspace': 'root:team',
          'syncer.kcp.io/upstream': 'default/sample',
          'syncer.kcp.io/upstream-uid': 'u1',
          'syncer.kcp.io/sync-generation': '1',
          'syncer.kcp.io/applied': 'v1:8400b9815fca4262dd099f2f4c7f0e8a7225a105',
          'syncer.kcp.io/last-sync': '2026-01-01T00:00:00Z',
        },
      },
      data: { a: 'b', 'a.conf': 'x\ny' },
      binaryData: { c: 'AAEC' },
      apiVersion: 'v1',
      kind: 'ConfigMap',
    },
    live: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            manager: 'kcp-syncer',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsV1: {
              'f:binaryData': { 'f:c': {} },
              'f:data': { 'f:a': {}, 'f:a.conf': {} },
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
            },
          },
        ],
      },
    },
    taken: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            manager: 'kcp-syncer',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsV1: {
              'f:binaryData': { 'f:c': {} },
              'f:data': { 'f:a.conf': {} },
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
            },
          },
          { manager: 'somebody-else', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:a': {} } } },
        ],
      },
    },
    lost: '.data.a',
  },
  {
    kind: 'Deployment',
    desired: {
      metadata: {
        name: 'sample',
        namespace: 'default',
        labels: { app: 'web', 'example.com/x': 'y', 'syncer.kcp.io/owner': '0123456789abcdef' },
        annotations: {
          note: 'x',
          'syncer.kcp.io/sync-target': 'cluster',
          'syncer.kcp.io/workspace': 'root:team',
          'syncer.kcp.io/upstream': 'default/sample',
          'syncer.kcp.io/upstream-uid': 'u1',
          'syncer.kcp.io/sync-generation': '1',
          'syncer.kcp.io/applied': 'v1:e01c528227d1ed0cc3c58dee2f957aaf8a88f661',
          'syncer.kcp.io/last-sync': '2026-01-01T00:00:00Z',
        },
      },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        strategy: {},
        template: {
          metadata: { labels: { app: 'web' }, annotations: { 'example.com/note': 'x' } },
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
        },
      },
      apiVersion: 'apps/v1',
      kind: 'Deployment',
    },
    live: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            manager: 'kcp-syncer',
            operation: 'Apply',
            apiVersion: 'apps/v1',
            fieldsV1: {
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
              'f:spec': {
                'f:replicas': {},
                'f:selector': {},
                'f:strategy': {},
                'f:template': {
                  'f:metadata': { 'f:annotations': { 'f:example.com/note': {} }, 'f:labels': { 'f:app': {} } },
                  'f:spec': {
                    'f:affinity': { 'f:podAntiAffinity': { 'f:preferredDuringSchedulingIgnoredDuringExecution': {} } },
                    'f:containers': {
                      'k:{"name":"side"}': { '.': {}, 'f:image': {}, 'f:name': {} },
                      'k:{"name":"web"}': {
                        '.': {},
                        'f:args': {},
                        'f:command': {},
                        'f:env': {
                          'k:{"name":"FIELD"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { 'f:fieldRef': {} } },
                          'k:{"name":"LIMIT"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { 'f:resourceFieldRef': {} } },
                          'k:{"name":"PLAIN"}': { '.': {}, 'f:name': {}, 'f:value': {} },
                          'k:{"name":"SECRET"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { 'f:secretKeyRef': {} } },
                        },
                        'f:envFrom': {},
                        'f:image': {},
                        'f:livenessProbe': { 'f:exec': { 'f:command': {} }, 'f:periodSeconds': {} },
                        'f:name': {},
                        'f:ports': {
                          'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                          'k:{"containerPort":80,"protocol":"UDP"}': {
                            '.': {},
                            'f:containerPort': {},
                            'f:protocol': {},
                          },
                          'k:{"containerPort":443,"protocol":"TCP"}': {
                            '.': {},
                            'f:containerPort': {},
                            'f:name': {},
                            'f:protocol': {},
                          },
                        },
                        'f:readinessProbe': { 'f:httpGet': { 'f:path': {}, 'f:port': {} } },
                        'f:resources': { 'f:limits': { 'f:cpu': {}, 'f:memory': {} }, 'f:requests': { 'f:cpu': {} } },
                        'f:securityContext': { 'f:capabilities': { 'f:drop': {} } },
                        'f:volumeMounts': { 'k:{"mountPath":"/data"}': { '.': {}, 'f:mountPath': {}, 'f:name': {} } },
                      },
                    },
                    'f:hostAliases': { 'k:{"ip":"10.0.0.1"}': { '.': {}, 'f:hostnames': {}, 'f:ip': {} } },
                    'f:imagePullSecrets': { 'k:{"name":"pull"}': {} },
                    'f:initContainers': { 'k:{"name":"init"}': { '.': {}, 'f:image': {}, 'f:name': {} } },
                    'f:nodeSelector': {},
                    'f:securityContext': {},
                    'f:tolerations': {},
                    'f:topologySpreadConstraints': {
                      'k:{"topologyKey":"zone","whenUnsatisfiable":"ScheduleAnyway"}': {
                        '.': {},
                        'f:labelSelector': {},
                        'f:maxSkew': {},
                        'f:topologyKey': {},
                        'f:whenUnsatisfiable': {},
                      },
                    },
                    'f:volumes': {
                      'k:{"name":"all"}': { '.': {}, 'f:name': {}, 'f:projected': { 'f:sources': {} } },
                      'k:{"name":"conf"}': { '.': {}, 'f:configMap': { 'f:items': {}, 'f:name': {} }, 'f:name': {} },
                      'k:{"name":"data"}': { '.': {}, 'f:emptyDir': {}, 'f:name': {} },
                    },
                  },
                },
              },
            },
          },
        ],
      },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' }, annotations: { 'example.com/note': 'x' } },
          spec: {
            volumes: [
              { name: 'data', emptyDir: {} },
              { name: 'conf', configMap: { name: 'c', items: [{ key: 'a', path: 'a' }], defaultMode: 420 } },
              { name: 'all', projected: { sources: [{ secret: { name: 's' } }], defaultMode: 420 } },
            ],
            initContainers: [
              {
                name: 'init',
                image: 'busybox',
                resources: {},
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'Always',
              },
            ],
            containers: [
              {
                name: 'web',
                image: 'nginx:1.27',
                command: ['nginx'],
                args: ['-g', 'daemon off;'],
                ports: [
                  { containerPort: 80, protocol: 'TCP' },
                  { containerPort: 80, protocol: 'UDP' },
                  { name: 'tls', containerPort: 443, protocol: 'TCP' },
                ],
                env: [
                  { name: 'PLAIN', value: 'x' },
                  { name: 'FIELD', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
                  { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } },
                  { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
                ],
                resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '250m' } },
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
                livenessProbe: {
                  exec: { command: ['true'] },
                  timeoutSeconds: 1,
                  periodSeconds: 5,
                  successThreshold: 1,
                  failureThreshold: 3,
                },
                readinessProbe: {
                  httpGet: { path: '/', port: 'tls', scheme: 'HTTP' },
                  timeoutSeconds: 1,
                  periodSeconds: 10,
                  successThreshold: 1,
                  failureThreshold: 3,
                },
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'IfNotPresent',
                securityContext: { capabilities: { drop: ['ALL'] } },
              },
              {
                name: 'side',
                image: 'busybox',
                resources: {},
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'Always',
              },
            ],
            restartPolicy: 'Always',
            terminationGracePeriodSeconds: 30,
            dnsPolicy: 'ClusterFirst',
            nodeSelector: { disk: 'ssd' },
            securityContext: {},
            imagePullSecrets: [{ name: 'pull' }],
            affinity: { podAntiAffinity: {} },
            schedulerName: 'default-scheduler',
            tolerations: [{ key: 'x', operator: 'Exists' }],
            hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'zone',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: { app: 'web' } },
              },
            ],
          },
        },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      },
    },
    taken: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            manager: 'kcp-syncer',
            operation: 'Apply',
            apiVersion: 'apps/v1',
            fieldsV1: {
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
              'f:spec': {
                'f:replicas': {},
                'f:selector': {},
                'f:strategy': {},
                'f:template': {
                  'f:metadata': { 'f:annotations': { 'f:example.com/note': {} }, 'f:labels': { 'f:app': {} } },
                  'f:spec': {
                    'f:affinity': { 'f:podAntiAffinity': { 'f:preferredDuringSchedulingIgnoredDuringExecution': {} } },
                    'f:containers': {
                      'k:{"name":"side"}': { '.': {}, 'f:name': {} },
                      'k:{"name":"web"}': {
                        '.': {},
                        'f:args': {},
                        'f:command': {},
                        'f:env': {
                          'k:{"name":"FIELD"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { 'f:fieldRef': {} } },
                          'k:{"name":"LIMIT"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { 'f:resourceFieldRef': {} } },
                          'k:{"name":"PLAIN"}': { '.': {}, 'f:name': {}, 'f:value': {} },
                          'k:{"name":"SECRET"}': { '.': {}, 'f:name': {}, 'f:valueFrom': { 'f:secretKeyRef': {} } },
                        },
                        'f:envFrom': {},
                        'f:image': {},
                        'f:livenessProbe': { 'f:exec': { 'f:command': {} }, 'f:periodSeconds': {} },
                        'f:name': {},
                        'f:ports': {
                          'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} },
                          'k:{"containerPort":80,"protocol":"UDP"}': {
                            '.': {},
                            'f:containerPort': {},
                            'f:protocol': {},
                          },
                          'k:{"containerPort":443,"protocol":"TCP"}': {
                            '.': {},
                            'f:containerPort': {},
                            'f:name': {},
                            'f:protocol': {},
                          },
                        },
                        'f:readinessProbe': { 'f:httpGet': { 'f:path': {}, 'f:port': {} } },
                        'f:resources': { 'f:limits': { 'f:cpu': {}, 'f:memory': {} }, 'f:requests': { 'f:cpu': {} } },
                        'f:securityContext': { 'f:capabilities': { 'f:drop': {} } },
                        'f:volumeMounts': { 'k:{"mountPath":"/data"}': { '.': {}, 'f:mountPath': {}, 'f:name': {} } },
                      },
                    },
                    'f:hostAliases': { 'k:{"ip":"10.0.0.1"}': { '.': {}, 'f:hostnames': {}, 'f:ip': {} } },
                    'f:imagePullSecrets': { 'k:{"name":"pull"}': {} },
                    'f:initContainers': { 'k:{"name":"init"}': { '.': {}, 'f:image': {}, 'f:name': {} } },
                    'f:nodeSelector': {},
                    'f:securityContext': {},
                    'f:tolerations': {},
                    'f:topologySpreadConstraints': {
                      'k:{"topologyKey":"zone","whenUnsatisfiable":"ScheduleAnyway"}': {
                        '.': {},
                        'f:labelSelector': {},
                        'f:maxSkew': {},
                        'f:topologyKey': {},
                        'f:whenUnsatisfiable': {},
                      },
                    },
                    'f:volumes': {
                      'k:{"name":"all"}': { '.': {}, 'f:name': {}, 'f:projected': { 'f:sources': {} } },
                      'k:{"name":"conf"}': { '.': {}, 'f:configMap': { 'f:items': {}, 'f:name': {} }, 'f:name': {} },
                      'k:{"name":"data"}': { '.': {}, 'f:emptyDir': {}, 'f:name': {} },
                    },
                  },
                },
              },
            },
          },
          {
            manager: 'somebody-else',
            operation: 'Update',
            apiVersion: 'apps/v1',
            fieldsV1: {
              'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"side"}': { 'f:image': {} } } } } },
            },
          },
        ],
      },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' }, annotations: { 'example.com/note': 'x' } },
          spec: {
            volumes: [
              { name: 'data', emptyDir: {} },
              { name: 'conf', configMap: { name: 'c', items: [{ key: 'a', path: 'a' }], defaultMode: 420 } },
              { name: 'all', projected: { sources: [{ secret: { name: 's' } }], defaultMode: 420 } },
            ],
            initContainers: [
              {
                name: 'init',
                image: 'busybox',
                resources: {},
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'Always',
              },
            ],
            containers: [
              {
                name: 'web',
                image: 'nginx:1.27',
                command: ['nginx'],
                args: ['-g', 'daemon off;'],
                ports: [
                  { containerPort: 80, protocol: 'TCP' },
                  { containerPort: 80, protocol: 'UDP' },
                  { name: 'tls', containerPort: 443, protocol: 'TCP' },
                ],
                env: [
                  { name: 'PLAIN', value: 'x' },
                  { name: 'FIELD', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
                  { name: 'LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } },
                  { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
                ],
                resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '250m' } },
                volumeMounts: [{ name: 'data', mountPath: '/data' }],
                livenessProbe: {
                  exec: { command: ['true'] },
                  timeoutSeconds: 1,
                  periodSeconds: 5,
                  successThreshold: 1,
                  failureThreshold: 3,
                },
                readinessProbe: {
                  httpGet: { path: '/', port: 'tls', scheme: 'HTTP' },
                  timeoutSeconds: 1,
                  periodSeconds: 10,
                  successThreshold: 1,
                  failureThreshold: 3,
                },
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'IfNotPresent',
                securityContext: { capabilities: { drop: ['ALL'] } },
              },
              {
                name: 'side',
                image: 'other',
                resources: {},
                terminationMessagePath: '/dev/termination-log',
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'Always',
              },
            ],
            restartPolicy: 'Always',
            terminationGracePeriodSeconds: 30,
            dnsPolicy: 'ClusterFirst',
            nodeSelector: { disk: 'ssd' },
            securityContext: {},
            imagePullSecrets: [{ name: 'pull' }],
            affinity: { podAntiAffinity: {} },
            schedulerName: 'default-scheduler',
            tolerations: [{ key: 'x', operator: 'Exists' }],
            hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }],
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'zone',
                whenUnsatisfiable: 'ScheduleAnyway',
                labelSelector: { matchLabels: { app: 'web' } },
              },
            ],
          },
        },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      },
    },
    lost: '.spec.template.spec.containers[name="side"].image',
  },
  {
    kind: 'Service',
    desired: {
      metadata: {
        name: 'sample',
        namespace: 'default',
        labels: { app: 'web', 'example.com/x': 'y', 'syncer.kcp.io/owner': '0123456789abcdef' },
        annotations: {
          note: 'x',
          'syncer.kcp.io/sync-target': 'cluster',
          'syncer.kcp.io/workspace': 'root:team',
          'syncer.kcp.io/upstream': 'default/sample',
          'syncer.kcp.io/upstream-uid': 'u1',
          'syncer.kcp.io/sync-generation': '1',
          'syncer.kcp.io/applied': 'v1:80cdee4afaa55dd230b6c4db461f5d3487899075',
          'syncer.kcp.io/last-sync': '2026-01-01T00:00:00Z',
        },
      },
      spec: {
        type: 'LoadBalancer',
        selector: { app: 'web' },
        ports: [
          { port: 80, name: 'http', targetPort: 'tls' },
          { port: 53, protocol: 'UDP', name: 'dns', targetPort: 53 },
        ],
      },
      apiVersion: 'v1',
      kind: 'Service',
    },
    live: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            manager: 'kcp-syncer',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsV1: {
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
              'f:spec': {
                'f:ports': {
                  'k:{"port":53,"protocol":"UDP"}': {
                    '.': {},
                    'f:name': {},
                    'f:port': {},
                    'f:protocol': {},
                    'f:targetPort': {},
                  },
                  'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {}, 'f:targetPort': {} },
                },
                'f:selector': {},
                'f:type': {},
              },
            },
          },
        ],
      },
      spec: {
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: 'tls', nodePort: 31728 },
          { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53, nodePort: 31570 },
        ],
        selector: { app: 'web' },
        clusterIP: '10.0.234.100',
        clusterIPs: ['10.0.234.100'],
        type: 'LoadBalancer',
        sessionAffinity: 'None',
        externalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        allocateLoadBalancerNodePorts: true,
        internalTrafficPolicy: 'Cluster',
      },
    },
    taken: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            manager: 'kcp-syncer',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsV1: {
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
              'f:spec': {
                'f:ports': {
                  'k:{"port":53,"protocol":"UDP"}': {
                    '.': {},
                    'f:name': {},
                    'f:port': {},
                    'f:protocol': {},
                    'f:targetPort': {},
                  },
                  'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} },
                },
                'f:selector': {},
                'f:type': {},
              },
            },
          },
          {
            manager: 'somebody-else',
            operation: 'Update',
            apiVersion: 'v1',
            fieldsV1: { 'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:targetPort': {} } } } },
          },
        ],
      },
      spec: {
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: 81, nodePort: 31728 },
          { name: 'dns', protocol: 'UDP', port: 53, targetPort: 53, nodePort: 31570 },
        ],
        selector: { app: 'web' },
        clusterIP: '10.0.234.100',
        clusterIPs: ['10.0.234.100'],
        type: 'LoadBalancer',
        sessionAffinity: 'None',
        externalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        allocateLoadBalancerNodePorts: true,
        internalTrafficPolicy: 'Cluster',
      },
    },
    lost: '.spec.ports[port=80,protocol="TCP"].targetPort',
  },
  {
    kind: 'NetworkPolicy',
    desired: {
      metadata: {
        name: 'sample',
        namespace: 'default',
        labels: { app: 'web', 'example.com/x': 'y', 'syncer.kcp.io/owner': '0123456789abcdef' },
        annotations: {
          note: 'x',
          'syncer.kcp.io/sync-target': 'cluster',
          'syncer.kcp.io/workspace': 'root:team',
          'syncer.kcp.io/upstream': 'default/sample',
          'syncer.kcp.io/upstream-uid': 'u1',
          'syncer.kcp.io/sync-generation': '1',
          'syncer.kcp.io/applied': 'v1:24e8f743ba6438be0aa948c970447d703475aba2',
          'syncer.kcp.io/last-sync': '2026-01-01T00:00:00Z',
        },
      },
      spec: {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'tls' }, { port: 80 }] }],
      },
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
    },
    live: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            manager: 'kcp-syncer',
            operation: 'Apply',
            apiVersion: 'networking.k8s.io/v1',
            fieldsV1: {
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
              'f:spec': { 'f:ingress': {}, 'f:podSelector': {}, 'f:policyTypes': {} },
            },
          },
        ],
      },
      spec: {
        podSelector: {},
        ingress: [
          {
            ports: [
              { protocol: 'TCP', port: 'tls' },
              { protocol: 'TCP', port: 80 },
            ],
            from: [{ podSelector: { matchLabels: { app: 'web' } } }],
          },
        ],
        policyTypes: ['Ingress'],
      },
    },
    taken: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            manager: 'kcp-syncer',
            operation: 'Apply',
            apiVersion: 'networking.k8s.io/v1',
            fieldsV1: {
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
              'f:spec': { 'f:podSelector': {}, 'f:policyTypes': {} },
            },
          },
          {
            manager: 'somebody-else',
            operation: 'Update',
            apiVersion: 'networking.k8s.io/v1',
            fieldsV1: { 'f:spec': { 'f:ingress': {} } },
          },
        ],
      },
      spec: {
        podSelector: {},
        ingress: [
          {
            ports: [
              { protocol: 'TCP', port: 'tls' },
              { protocol: 'TCP', port: 80 },
            ],
            from: [{ podSelector: { matchLabels: { app: 'web' } } }],
          },
          {},
        ],
        policyTypes: ['Ingress'],
      },
    },
    lost: '.spec.ingress',
  },
  {
    kind: 'Thing',
    desired: {
      metadata: {
        name: 'sample',
        namespace: 'default',
        labels: { app: 'web', 'example.com/x': 'y', 'syncer.kcp.io/owner': '0123456789abcdef' },
        annotations: {
          note: 'x',
          'syncer.kcp.io/sync-target': 'cluster',
          'syncer.kcp.io/workspace': 'root:team',
          'syncer.kcp.io/upstream': 'default/sample',
          'syncer.kcp.io/upstream-uid': 'u1',
          'syncer.kcp.io/sync-generation': '1',
          'syncer.kcp.io/applied': 'v1:16561eb3b209d06319c046e2c6ac1e7cd051fc6f',
          'syncer.kcp.io/last-sync': '2026-01-01T00:00:00Z',
        },
      },
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
      apiVersion: 'owned.example.com/v1',
      kind: 'Thing',
    },
    live: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            apiVersion: 'owned.example.com/v1',
            fieldsV1: {
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
              'f:spec': {
                'f:either': {},
                'f:entries': {
                  'f:none': {},
                  'f:one': { '.': {}, 'f:size': {} },
                  'f:two': { '.': {}, 'f:color': {}, 'f:size': {} },
                },
                'f:free': {
                  'f:deep': { '.': {}, 'f:empty': {}, 'f:list': {}, 'f:none': {}, 'f:text': {} },
                  'f:key/with.dots': {},
                },
                'f:numbers': { 'v:1': {}, 'v:20': {} },
                'f:parts': {
                  'k:{"name":"p","zone":"a"}': { '.': {}, 'f:name': {} },
                  'k:{"name":"p","zone":"b"}': {
                    '.': {},
                    'f:more': { 'v:"x"': {}, 'v:"y"': {} },
                    'f:name': {},
                    'f:size': {},
                    'f:zone': {},
                  },
                  'k:{"name":"q","zone":"a"}': { '.': {}, 'f:name': {}, 'f:zone': {} },
                },
                'f:plainList': {},
                'f:whole': {},
                'f:words': { 'v:"\\u003chtml\\u003e"': {}, 'v:"a"': {}, 'v:"with \\"quotes\\""': {}, 'v:"é"': {} },
              },
            },
            manager: 'kcp-syncer',
            operation: 'Apply',
          },
        ],
      },
      spec: {
        either: '25%',
        entries: { none: {}, one: { size: 1 }, two: { color: 'red', size: 2 } },
        free: { deep: { empty: {}, list: [{ a: 1 }], none: [], text: 'x' }, 'key/with.dots': true },
        numbers: [1, 20],
        parts: [
          { name: 'p', zone: 'a' },
          { more: ['x', 'y'], name: 'p', size: 2, zone: 'b' },
          { more: [], name: 'q', zone: 'a' },
        ],
        plainList: [{ x: 1 }, { y: [2] }],
        whole: { a: 'x', b: 'filled in' },
        words: ['a', 'with "quotes"', '<html>', 'é'],
      },
    },
    taken: {
      metadata: {
        name: 'sample',
        managedFields: [
          {
            apiVersion: 'owned.example.com/v1',
            fieldsV1: {
              'f:metadata': {
                'f:annotations': {
                  'f:note': {},
                  'f:syncer.kcp.io/applied': {},
                  'f:syncer.kcp.io/last-sync': {},
                  'f:syncer.kcp.io/sync-generation': {},
                  'f:syncer.kcp.io/sync-target': {},
                  'f:syncer.kcp.io/upstream': {},
                  'f:syncer.kcp.io/upstream-uid': {},
                  'f:syncer.kcp.io/workspace': {},
                },
                'f:labels': { 'f:app': {}, 'f:example.com/x': {}, 'f:syncer.kcp.io/owner': {} },
              },
              'f:spec': {
                'f:either': {},
                'f:entries': { 'f:none': {}, 'f:one': {}, 'f:two': { '.': {}, 'f:color': {}, 'f:size': {} } },
                'f:free': {
                  'f:deep': { '.': {}, 'f:empty': {}, 'f:list': {}, 'f:none': {}, 'f:text': {} },
                  'f:key/with.dots': {},
                },
                'f:numbers': { 'v:1': {}, 'v:20': {} },
                'f:parts': {
                  'k:{"name":"p","zone":"a"}': { '.': {}, 'f:name': {} },
                  'k:{"name":"p","zone":"b"}': {
                    '.': {},
                    'f:more': { 'v:"x"': {}, 'v:"y"': {} },
                    'f:name': {},
                    'f:size': {},
                    'f:zone': {},
                  },
                  'k:{"name":"q","zone":"a"}': { '.': {}, 'f:name': {}, 'f:zone': {} },
                },
                'f:plainList': {},
                'f:whole': {},
                'f:words': { 'v:"\\u003chtml\\u003e"': {}, 'v:"a"': {}, 'v:"with \\"quotes\\""': {}, 'v:"é"': {} },
              },
            },
            manager: 'kcp-syncer',
            operation: 'Apply',
          },
        ],
      },
      spec: {
        either: '25%',
        entries: { none: {}, one: {}, two: { color: 'red', size: 2 } },
        free: { deep: { empty: {}, list: [{ a: 1 }], none: [], text: 'x' }, 'key/with.dots': true },
        numbers: [1, 20],
        parts: [
          { name: 'p', zone: 'a' },
          { more: ['x', 'y'], name: 'p', size: 2, zone: 'b' },
          { more: [], name: 'q', zone: 'a' },
        ],
        plainList: [{ x: 1 }, { y: [2] }],
        whole: { a: 'x', b: 'filled in' },
        words: ['a', 'with "quotes"', '<html>', 'é'],
      },
    },
    lost: '.spec.entries.one',
  },
];

export const captured: readonly Captured[] = recorded.map(({ kind, desired, live, taken, lost }) => ({
  kind,
  desired: asDownstream(desired),
  live: asDownstream(live),
  taken: asDownstream(taken),
  lost,
}));
