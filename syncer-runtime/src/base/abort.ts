import { setMaxListeners } from 'node:events';

/** A controller that a whole syncer listens to: Node takes more than ten listeners for a leak, and warns. */
export function sharedAbort(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/**
 * Aborted with whichever comes first, and nothing of it stays behind on the others then. `AbortSignal.any` would leave
 * some bytes on a signal that lives on for each that does not, on Node 20 and for good.
 */
export function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  const joint = sharedAbort();
  const end = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', end);
    joint.abort(signals.find(({ aborted }) => aborted)?.reason);
  };
  setMaxListeners(0, ...signals);
  for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  if (signals.some(({ aborted }) => aborted)) end();
  return joint.signal;
}
