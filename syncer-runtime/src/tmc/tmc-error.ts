import { errorTraits, type TmcErrorType, type TmcSeverity } from './error-types.js';

/** Which object, in which cluster, an error speaks of. Never its contents. */
export interface TmcErrorSubject {
  readonly cluster?: string;
  readonly logicalCluster?: string;
  /** As `apps/v1/Deployment`. */
  readonly gvk?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly context?: Readonly<Record<string, string>>;
}

export interface TmcErrorInit {
  readonly type: TmcErrorType;
  /** Which part of the product failed, such as `sync` or `heartbeat`. */
  readonly component: string;
  /** What it was doing, such as `apply`. */
  readonly operation: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Wall clock, ms. */
  readonly timestamp: number;
  /** Overrides what the type says. */
  readonly retryable?: boolean;
  /** Not to be tried before this many milliseconds; undefined leaves it to the usual backoff. */
  readonly retryAfterMs?: number | undefined;
  readonly subject?: TmcErrorSubject;
}

/** A failure in the words of the TMC taxonomy: what kind, how bad, where, and what a person can do. */
export class TmcError extends Error {
  override readonly name = 'TmcError';
  readonly type: TmcErrorType;
  readonly severity: TmcSeverity;
  readonly component: string;
  readonly operation: string;
  readonly timestamp: number;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly recoveryHint: string;
  readonly cluster: string | undefined;
  readonly logicalCluster: string | undefined;
  readonly gvk: string | undefined;
  readonly namespace: string | undefined;
  /** Name of the object; `name` is the error class's, as everywhere in JavaScript. */
  readonly objectName: string | undefined;
  readonly context: Readonly<Record<string, string>>;

  constructor(init: TmcErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    const traits = errorTraits[init.type];
    this.type = init.type;
    this.severity = traits.severity;
    this.component = init.component;
    this.operation = init.operation;
    this.timestamp = init.timestamp;
    this.retryable = init.retryable ?? traits.retryable;
    this.retryAfterMs = init.retryAfterMs;
    this.recoveryHint = traits.recoveryHint;
    this.cluster = init.subject?.cluster;
    this.logicalCluster = init.subject?.logicalCluster;
    this.gvk = init.subject?.gvk;
    this.namespace = init.subject?.namespace;
    this.objectName = init.subject?.name;
    this.context = init.subject?.context ?? {};
  }
  /** The same error, with more said of the object that it speaks of. */
  about(subject: TmcErrorSubject): TmcError {
    const { type, component, operation, message, cause, timestamp, retryable, retryAfterMs } = this;
    const { cluster, logicalCluster, gvk, namespace, objectName, context } = this;
    const known = { cluster, logicalCluster, gvk, namespace, name: objectName };
    const kept = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
    const whole = { ...kept, ...subject, context: { ...context, ...subject.context } };
    return new TmcError({
      ...{ type, component, operation, message, cause, timestamp, retryable, retryAfterMs },
      subject: whole,
    });
  }
}
