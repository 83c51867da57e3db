interface Waiter {
  readonly admit: () => void;
}

/**
 * Admits at most `limit` holders at a time, first come first served. A waiter whose signal is aborted leaves the line
 * at once (a request that waits inside the HTTP client would ignore its signal).
 */
export class Gate {
  private held = 0;
  private readonly line = new Set<Waiter>();

  constructor(readonly limit: number) {}

  /** Holders now. */
  get inUse(): number {
    return this.held;
  }

  /**
   * Waits for a place and returns the function that gives it back; giving back twice is harmless.
   * @throws the signal's reason when aborted while waiting.
   */
  async enter(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.held < this.limit) this.held++;
    else await this.wait(signal);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.leave();
    };
  }

  private async wait(signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.line.delete(waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        admit: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.line.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  private leave(): void {
    const [next] = this.line;
    if (!next) {
      this.held--;
      return;
    }
    this.line.delete(next);
    next.admit();
  }
}
