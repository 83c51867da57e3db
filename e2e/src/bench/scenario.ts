import type { Figure } from './figures.js';
import type { Servers, Tenant } from './tenant.js';

export interface Bench {
  readonly servers: Servers;
  /** How often each measurement is made; figures are medians, or of all delays together. */
  readonly runs: number;
  /** How long the soak takes. */
  readonly minutes: number;
  readonly say: (line: string) => void;
}

export interface Scenario {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<Figure[]>;
}

/** Measures so many times, one after the other. */
export async function repeat<T>(bench: Bench, measure: (run: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let run = 1; run <= bench.runs; run++) results.push(await measure(run));
  return results;
}

/** Ends the tenant's syncer also when the measurement fails. */
export async function using<T>(tenant: Tenant, measure: (tenant: Tenant) => Promise<T>): Promise<T> {
  try {
    return await measure(tenant);
  } finally {
    await tenant.stop();
  }
}
