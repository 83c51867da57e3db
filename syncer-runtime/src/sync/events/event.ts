/** What an Event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Something that people should be able to read with `kubectl describe` in the workspace. */
export interface UpstreamEvent {
  readonly subject: EventSubject;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase constant. */
  readonly reason: string;
  /** A sentence without secret values. */
  readonly message: string;
}

/** Where Events are told. A call costs no request, waits for nothing and never throws. */
export interface EventSink {
  record(event: UpstreamEvent): void;
}

/** Reasons of Events, which `kubectl describe` shows; failures that begin with `Conflict` keep their own. */
export const eventReasons = {
  Synced: 'Synced',
  SyncFailed: 'SyncFailed',
  Transformed: 'Transformed',
  DeletionBlocked: 'DeletionBlocked',
  ControllerStarted: 'ControllerStarted',
  ControllerError: 'ControllerError',
  HeartbeatFailed: 'HeartbeatFailed',
  DeletionsHeld: 'DeletionsHeld',
} as const;
