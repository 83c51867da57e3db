import { setTimeout } from 'node:timers/promises';

/** Does something for each of many, `atOnce` at a time, in their order. */
export async function forEachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = left.next(); next.done !== true; next = left.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Begins `act` so many times a second, whether or not those before have ended. */
export async function paced(
  load: { readonly perSecond: number; readonly count: number },
  act: (index: number) => Promise<void>,
): Promise<void> {
  const begun = performance.now();
  const running: Promise<void>[] = [];
  for (let index = 0; index < load.count; index++) {
    const wait = begun + (index * 1000) / load.perSecond - performance.now();
    if (wait > 0) await setTimeout(wait);
    const work = act(index);
    // Told at the end, with all others.
    work.catch(() => undefined);
    running.push(work);
  }
  await Promise.all(running);
}

/** `a-00000`, `a-00001`, … */
export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(5, '0')}`);
}
