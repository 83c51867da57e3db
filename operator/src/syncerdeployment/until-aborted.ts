/** Resolves or rejects with the work, or rejects with the signal's reason as soon as it is aborted. */
export async function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let end = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    end = () => {
      reject(signal.reason as Error);
    };
  });
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
