import type { ObjectEvent } from '../kube/watch-stream.js';
import type { KubeObject } from '../object/types.js';

/**
 * What a reflector tells. Calls are synchronous and in order, never two at once. After a list each object that it did
 * not bring may be believed absent; before its end none may.
 */
export interface ReflectorSink {
  /** A complete list begins. It may end by `failed`, and begin again. */
  listStarted(): void;
  /** Some of the list's objects, `bytes` of text. A promise puts the next page off until it is settled. */
  page(items: readonly KubeObject[], bytes: number): void | Promise<void>;
  /** The list is complete. */
  listed(resourceVersion: string): void;
  event(event: ObjectEvent): void;
  /** Something went wrong and is tried again, for ever. Must not throw. */
  failed(error: unknown): void;
  /** After `failed`: the watch is open again. Must not throw. */
  recovered(): void;
  /** The server is older than what it told before (S34). A list follows. Must not throw. */
  timeTravel(): void;
}

/** A sink threw: a defect of this product, and no fault of a server. */
export class SinkFailure extends Error {
  override readonly name = 'SinkFailure';

  constructor(cause: unknown) {
    super(`an event could not be handled: ${cause instanceof Error ? cause.name : 'unknown error'}`, { cause });
  }
}
