import { Bell } from '../base/bell.js';
import type { Clock } from '../base/clock.js';
import type { KubeClient } from '../kube/client.js';
import { nodeTotals } from '../synctarget/node-totals.js';

/** Nodes come and go, but nobody waits for this number. */
const PERIOD_MS = 10 * 60_000;

/** What the cluster's nodes offer, as it was counted last; empty when nobody may know. */
export class NodeCount {
  totals: Awaited<ReturnType<typeof nodeTotals>> = {};

  constructor(private readonly options: { readonly client: KubeClient; readonly clock: Clock }) {}

  /** Counts again and again until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.options;
    const bell = new Bell(clock);
    while (!signal.aborted) {
      this.totals = await nodeTotals(client, signal).catch(() => this.totals);
      await bell.wait(PERIOD_MS, signal);
    }
  }
}
