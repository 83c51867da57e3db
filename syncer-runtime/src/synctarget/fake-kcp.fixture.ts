import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { apiErrorOf } from '../kube/api-error.js';
import type { ApiReply, ApiRequest, KubeClient } from '../kube/client.js';
import { ConnectionError } from '../kube/connection-error.js';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}
/** What comes in the place of the server's own answer: an error, a wait, or undefined for no interference. */
type Fault = (request: ApiRequest) => Error | Promise<never> | undefined;
type Json = Record<string, unknown>;

const server = 'https://kcp.example.com:6443';
export const workspaceName = 'root:team-a';
export const logicalCluster = '3827urs0v6i525r6';
const syncTargets = '/apis/workload.kcp.io/v1alpha1/synctargets/';

/** kcp with one workspace, its LogicalCluster and its SyncTargets, answering as the real one was seen to answer. */
export class FakeKcp {
  readonly requests: ApiRequest[] = [];
  readonly syncTargets = new Map<string, SyncTarget>();
  ready = true;
  servesSyncTargets = true;
  fault: Fault = () => undefined;
  /** What stands in the place of every good answer's body. */
  body: string | undefined;

  add(name: string, fields: Omit<Partial<SyncTarget>, 'metadata'> & { uid: string }): void {
    const { uid, ...rest } = fields;
    this.syncTargets.set(name, { metadata: { name, uid, generation: 1 }, ...rest });
  }

  /** The status that is stored, which a test may replace. */
  status(name: string): NonNullable<SyncTarget['status']> {
    return this.syncTargets.get(name)?.status ?? {};
  }

  setStatus(name: string, status: SyncTarget['status']): void {
    const syncTarget = { ...this.syncTargets.get(name)! };
    delete syncTarget.status;
    this.syncTargets.set(name, status ? { ...syncTarget, status } : syncTarget);
  }

  patches(): ApiRequest[] {
    return this.requests.filter((request) => request.method === 'PATCH');
  }

  client(cluster = workspaceName): KubeClient {
    return {
      side: 'upstream',
      server: cluster === '' ? server : `${server}/clusters/${cluster}`,
      request: async (request) => {
        const answer = await this.answer(request, cluster);
        return this.body === undefined ? answer : { ...answer, text: this.body };
      },
      watch: () => Promise.reject(new Error('nothing is watched here')),
      at: (path) => this.client(path.replace('/clusters/', '')),
      close: () => Promise.resolve(),
    };
  }

  private async answer(request: ApiRequest, cluster: string): Promise<ApiReply> {
    this.requests.push(request);
    const fault = this.fault(request);
    if (fault instanceof Error) throw fault;
    if (fault) await raced(fault, request.signal);
    await Promise.resolve();
    if (request.path === '/readyz') return this.ready ? reply('ok') : refuse(request, 500, 'not ready');
    if (cluster !== workspaceName && cluster !== logicalCluster)
      return refuse(request, 404, status404('workspaces', 'tenancy.kcp.io', cluster));
    if (request.path.includes('/logicalclusters/cluster')) return reply(logicalClusterText);
    return this.syncTargetAnswer(request);
  }

  private syncTargetAnswer(request: ApiRequest): ApiReply {
    const name = /synctargets\/([^/?]+)/.exec(request.path)?.[1] ?? '';
    if (!this.servesSyncTargets || !request.path.startsWith(syncTargets))
      return refuse(request, 404, '404 page not found\n');
    const found = this.syncTargets.get(name);
    if (!found) return refuse(request, 404, status404('synctargets', 'workload.kcp.io', name));
    if (request.method === 'GET') return reply(JSON.stringify(found));
    const patched = applyPatch(found, JSON.parse(request.body ?? '') as Operation[]);
    if (!patched) return refuse(request, 422, status422);
    this.syncTargets.set(name, patched);
    return reply(JSON.stringify(patched));
  }
}

export function refused(status: number, text: string, method: 'GET' | 'PATCH' = 'GET'): Error {
  return apiErrorOf({ side: 'upstream', method, path: `${syncTargets}my-cluster`, status, headers: {}, text });
}

export function unreachable(): Error {
  return new ConnectionError('nothing listens there', { side: 'upstream', server, code: 'ECONNREFUSED' });
}

export function statusText(code: number, reason: string, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code });
}

/** Never answers, as a server that hangs. */
export function silence(): Promise<never> {
  return new Promise(() => undefined);
}

function reply(text: string): ApiReply {
  return { status: 200, headers: {}, text };
}

function refuse(request: ApiRequest, status: number, text: string): never {
  throw apiErrorOf({ side: 'upstream', ...request, status, headers: {}, text });
}

async function raced(work: Promise<never>, signal: AbortSignal | undefined): Promise<never> {
  const aborted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
  return await Promise.race([work, aborted]);
}

function status404(kind: string, group: string, name: string): string {
  const details = { name, group, kind };
  return JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    message: `${kind}.${group} "${name}" not found`,
    reason: 'NotFound',
    details,
    code: 404,
  });
}

const status422 = JSON.stringify({
  kind: 'Status',
  status: 'Failure',
  message: 'the server rejected our request due to an error in our request',
  reason: 'Invalid',
  details: {},
  code: 422,
});

const logicalClusterText = JSON.stringify({
  kind: 'LogicalCluster',
  metadata: {
    name: 'cluster',
    uid: '73344c36-4f9b-40e1-acee-8c26492b9dd9',
    annotations: { 'kcp.io/cluster': logicalCluster, 'kcp.io/path': workspaceName },
  },
});

/** RFC 6902 as far as it is used here: `test` (of null, also of what is absent) and `add` of members. */
function applyPatch(object: SyncTarget, operations: readonly Operation[]): SyncTarget | undefined {
  const copy = structuredClone(object) as unknown as Json;
  for (const { op, path, value } of operations) {
    const segments = path.split('/').slice(1);
    const last = segments.pop()!;
    const parent = segments.reduce<Json | undefined>((at, segment) => at?.[segment] as Json | undefined, copy);
    if (op === 'test' && JSON.stringify(parent?.[last] ?? null) !== JSON.stringify(value)) return undefined;
    if (op === 'add') {
      if (!parent) return undefined;
      parent[last] = value;
    }
  }
  return copy as unknown as SyncTarget;
}
