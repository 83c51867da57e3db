import { setMaxListeners } from 'node:events';

/** A controller that a whole syncer listens to: Node takes more than ten listeners for a leak, and warns. */
export function sharedAbort(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** Aborted with whichever comes first. */
export function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  const signal = AbortSignal.any([...signals]);
  setMaxListeners(0, signal);
  return signal;
}
