import { ApiError } from '@kcp-syncer/syncer-runtime/kube/api-error.js';
import { ConnectionError } from '@kcp-syncer/syncer-runtime/kube/connection-error.js';
import type { Syncer } from '@kcp-syncer/syncer-runtime/engine/syncer.js';
import { reasons, type Reason } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import { StartError } from '@kcp-syncer/syncer-runtime/synctarget/start-error.js';
import { safeErrorText } from '@kcp-syncer/syncer-runtime/tmc/safe-text.js';
import { CredentialError } from '../credentials/credential-error.js';
import { StartFailure } from './start-failure.js';

/** How the syncer of one SyncerDeployment stands. */
export type RunnerState =
  | { readonly phase: 'Starting' | 'Leaving'; readonly message: string }
  | { readonly phase: 'Running'; readonly syncer: Syncer }
  | Failed;

export interface Failed {
  readonly phase: 'Failed';
  readonly reason: Reason;
  readonly message: string;
  /** Trying again cannot help until somebody changes something that is watched. */
  readonly isFinal: boolean;
}

/** What an error means to who reads the SyncerDeployment. */
export function failedBy(error: unknown): Failed {
  const message = safeErrorText(error);
  if (error instanceof StartFailure) return { phase: 'Failed', reason: error.reason, message, isFinal: error.isFinal };
  if (error instanceof StartError || error instanceof CredentialError)
    return { phase: 'Failed', reason: error.reason, message, isFinal: false };
  return { phase: 'Failed', reason: reasonOf(error), message, isFinal: false };
}

function reasonOf(error: unknown): Reason {
  if (error instanceof ConnectionError)
    return error.side === 'upstream' ? reasons.KcpUnreachable : reasons.ClusterUnreachable;
  if (!(error instanceof ApiError)) return reasons.SyncFailed;
  if (error.status === 403) return reasons.NotPermitted;
  if (error.status !== 401) return reasons.SyncFailed;
  return error.side === 'upstream' ? reasons.KcpCredentialsRefused : reasons.ClusterCredentialsRefused;
}
