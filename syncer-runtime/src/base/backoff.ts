/** How long to wait between tries. Times in milliseconds. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
}

/** The product's default: first after 1 s, doubling, at most 30 s apart, for ever. */
export const defaultBackoff: BackoffPolicy = { firstMs: 1_000, factor: 2, maxMs: 30_000 };

/**
 * The wait before try number `failures` + 1, with jitter of ± 20 % so that many waiters do not return at once.
 * `failures` counts from 1.
 */
export function backoffMs(failures: number, policy: BackoffPolicy = defaultBackoff, random = Math.random): number {
  const exact = Math.min(policy.maxMs, policy.firstMs * policy.factor ** (failures - 1));
  return Math.round(exact * (0.8 + 0.4 * random()));
}
