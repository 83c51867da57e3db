import type { SyncerSnapshot } from './snapshot.js';

/**
 * Whether a syncer's first lists are done. Once it was ready it stays so: a type that is served later, or one tenant's
 * trouble, is no reason to take the process out of service.
 */
export class Readiness {
  private ready = false;

  /** What is waited for, or undefined when ready. */
  notReady(snapshot: SyncerSnapshot): string | undefined {
    const waitsFor = this.ready ? undefined : firstWait(snapshot);
    this.ready = waitsFor === undefined;
    return waitsFor;
  }
}

function firstWait({ engineStarted, resources }: SyncerSnapshot): string | undefined {
  if (!engineStarted) return 'the engine has not started';
  const listing = resources.filter((r) => r.state === 'Pending').length;
  return listing === 0 ? undefined : `the first lists of ${listing} types are not done`;
}
