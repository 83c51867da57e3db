import { apiErrorOf } from '@kcp-syncer/syncer-runtime/kube/api-error.js';
import type { ApiReply, ApiRequest, KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';

/** A client whose requests `answer` answers; watches stay silent. */
export function fakeClient(answer: (request: ApiRequest) => ApiReply | Promise<ApiReply>): KubeClient {
  const client: KubeClient = {
    side: 'downstream',
    server: 'https://cluster.example.com',
    request: async (request) => {
      await Promise.resolve();
      return await answer(request);
    },
    watch: () => Promise.reject(new Error('nothing is watched here')),
    at: () => client,
    close: () => Promise.resolve(),
  };
  return client;
}

export function reply(body: object): ApiReply {
  return { status: 200, headers: {}, text: JSON.stringify(body) };
}

export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly details?: object;
}

/** A Kubernetes error in answer to the request. */
export function refuse(request: ApiRequest, { status, reason, details = {} }: Refusal): never {
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code: status, message: reason, details };
  const headers = { 'content-type': 'application/json' };
  throw apiErrorOf({ side: 'downstream', ...request, status, headers, text: JSON.stringify(body) });
}

/** Says nothing, and remembers the warnings and errors. */
export function quietLogger(told: string[] = []): Logger {
  const logger: Logger = {
    enabled: () => false,
    log: () => undefined,
    warn: (message) => told.push(message),
    error: (message) => told.push(message),
    child: () => logger,
  };
  return logger;
}
