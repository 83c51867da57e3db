/** The TMC error taxonomy: label values of `syncer_sync_errors_total` and of every error line. The names are frozen. */
export type TmcErrorType =
  | 'ResourceNotFound'
  | 'ResourceConflict'
  | 'ResourceValidation'
  | 'ResourcePermission'
  | 'ClusterUnreachable'
  | 'ClusterUnavailable'
  | 'ClusterAuthentication'
  | 'ClusterConfiguration'
  | 'PlacementConstraint'
  | 'PlacementPolicy'
  | 'SyncFailure'
  | 'SyncConflict'
  | 'SyncTimeout'
  | 'InternalError'
  | 'ConfigurationError'
  | 'NetworkConnectivity';

export type TmcSeverity = 'Low' | 'Medium' | 'High' | 'Critical';

/** What every error of one type has in common. */
export interface TmcErrorTraits {
  readonly severity: TmcSeverity;
  /** Whether trying again can help although nobody changes the object. */
  readonly retryable: boolean;
  /** What a person can do, as a sentence. */
  readonly recoveryHint: string;
}

/**
 * Severity counts who is hit: Low heals by itself, Medium is one object, High is a type, a permission or a side for a
 * time, Critical is the whole syncer until somebody acts.
 */
export const errorTraits: Readonly<Record<TmcErrorType, TmcErrorTraits>> = {
  ResourceNotFound: {
    severity: 'Medium',
    retryable: true,
    recoveryHint: 'Check that the object, its namespace and its type exist on that side.',
  },
  ResourceConflict: {
    severity: 'Low',
    retryable: true,
    recoveryHint: 'Nothing to do: somebody changed the object meanwhile, and it is looked at again.',
  },
  ResourceValidation: {
    severity: 'Medium',
    retryable: false,
    recoveryHint: 'Correct the object in the workspace; it is tried again when it changes.',
  },
  ResourcePermission: {
    severity: 'High',
    retryable: true,
    recoveryHint: 'Grant the missing verb on the named resource to the account of this kubeconfig.',
  },
  ClusterUnreachable: {
    severity: 'High',
    retryable: true,
    recoveryHint: 'Check that the server runs and that its address in the kubeconfig can be reached from here.',
  },
  ClusterUnavailable: {
    severity: 'Medium',
    retryable: true,
    recoveryHint: 'Wait: the server is starting or overloaded, and asked for a later try.',
  },
  ClusterAuthentication: {
    severity: 'Critical',
    retryable: true,
    recoveryHint: 'Renew the credential in the kubeconfig of that side.',
  },
  ClusterConfiguration: {
    severity: 'High',
    retryable: true,
    recoveryHint: 'Compare the server and the types it serves with what this syncer was set up for.',
  },
  PlacementConstraint: {
    severity: 'Medium',
    retryable: true,
    recoveryHint: 'Allow the namespace or raise the quota, or move the object to another namespace.',
  },
  PlacementPolicy: {
    severity: 'Medium',
    retryable: false,
    recoveryHint: 'Move the object: where it would go is protected and is never written.',
  },
  SyncFailure: {
    severity: 'Medium',
    retryable: true,
    recoveryHint: 'Read the message; the object is tried again with growing pauses.',
  },
  SyncConflict: {
    severity: 'Medium',
    retryable: true,
    recoveryHint: 'Remove or rename one of the two objects, or let the other owner give it up.',
  },
  SyncTimeout: {
    severity: 'Medium',
    retryable: true,
    recoveryHint: 'Check the load of the server and the network between here and there.',
  },
  InternalError: {
    severity: 'High',
    retryable: true,
    recoveryHint: 'Look at the logs of the server or of this syncer; if it stays, report it with this line.',
  },
  ConfigurationError: {
    severity: 'Critical',
    retryable: false,
    recoveryHint: 'Correct the setting that the message names and start again.',
  },
  NetworkConnectivity: {
    severity: 'High',
    retryable: true,
    recoveryHint: 'Check name resolution, routes and firewalls between here and the server.',
  },
};
