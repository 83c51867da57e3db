import { ApiError } from '../kube/api-error.js';
import type { Side } from '../base/sides.js';

const flags: Readonly<Record<Side, string>> = { upstream: '--kcp-kubeconfig', downstream: '--cluster-kubeconfig' };

/** What a server's refusal means to who runs a command, as one line that says what to change. Any other error stays as it is. */
export function refusalInWords(error: unknown, workspace: string): unknown {
  return error instanceof ApiError ? new Error(wordsFor(error, workspace), { cause: error }) : error;
}

function wordsFor(error: ApiError, workspace: string): string {
  const { side, status, details } = error;
  const place = side === 'upstream' ? `workspace ${workspace}` : 'the cluster';
  if (status === 401) return `${place} refuses the credentials (401): check the user of ${flags[side]}`;
  if (status === 403) return `missing permission in ${place}: ${error.message}`;
  if (status === 404 && details.kind === 'workspaces') return `kcp has no workspace ${workspace}`;
  if (status === 404 && side === 'upstream' && !error.isStatus)
    return `the server of ${flags[side]} has no workspace ${workspace}: is it kcp?`;
  return `${place} answered ${String(status)} to ${error.method} ${error.path}: ${error.message}`;
}
