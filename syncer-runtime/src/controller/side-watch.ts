import { anyOf } from '../base/abort.js';
import { sleep, type Clock } from '../base/clock.js';
import type { Side } from '../base/sides.js';
import type { PairStore, Scope } from '../informer/pair-store.js';
import type { ReflectorSink } from '../informer/reflector-sink.js';
import { runReflector } from '../informer/reflector.js';
import { askScopes } from '../informer/scope.js';
import type { KubeClient } from '../kube/client.js';
import { isForbidden } from '../kube/error-class.js';
import type { ResourceType } from '../object/types.js';

/** How often narrower or wider permissions are looked for while not everything may be read. */
const LOOK_AGAIN_MS = 60_000;
const EVERYWHERE: readonly Scope[] = [''];

export interface SideWatchOptions {
  readonly side: Side;
  readonly client: KubeClient;
  readonly type: ResourceType;
  readonly clock: Clock;
  readonly store: PairStore;
  readonly labelSelector?: string;
  /** Namespaces to try when the whole side may not be read. */
  readonly candidates: () => readonly string[];
  readonly sink: (scope: Scope) => ReflectorSink;
  readonly signal: AbortSignal;
}

/**
 * The reflectors of one side of one type: started, stopped and started anew as the type comes and goes. Cluster-wide,
 * or, where that is forbidden, one for each namespace that permits it.
 */
export class SideWatch {
  private current: AbortController | undefined;
  private scopes: readonly Scope[] = EVERYWHERE;
  private narrowing = false;
  /** What failed last, until it works again. */
  trouble: unknown;

  constructor(private readonly options: SideWatchOptions) {}

  get running(): boolean {
    return this.current !== undefined;
  }

  /** A namespace that may be listed, when not the whole side may be. */
  get narrowTo(): string | undefined {
    return this.scopes[0] === '' ? undefined : this.scopes[0];
  }

  /** Lists and watches anew; nothing when it runs already. */
  start(): void {
    if (this.current) return;
    const { store, side, signal } = this.options;
    const current = new AbortController();
    this.current = current;
    store.setScopes(side, this.scopes);
    const ends = anyOf(signal, current.signal);
    for (const scope of this.scopes) void runReflector(this.reflector(scope, current), ends);
  }

  /** Lists anew, if it runs. */
  relist(): void {
    if (this.current) this.restart(this.scopes);
  }

  /** What is stored stays; its absence means nothing until it is listed again. */
  stop(): void {
    this.current?.abort();
    this.current = undefined;
    this.trouble = undefined;
    this.options.store.invalidate(this.options.side);
  }

  failed(error: unknown): void {
    this.trouble = error;
    if (isForbidden(error) && this.current && !this.narrowing) void this.narrow(this.current.signal);
  }

  recovered(): void {
    this.trouble = undefined;
  }

  /** Looks where reading is permitted, and goes on looking until it is everywhere. */
  private async narrow(owner: AbortSignal): Promise<void> {
    this.narrowing = true;
    const signal = anyOf(this.options.signal, owner);
    try {
      while (!signal.aborted) {
        const scopes = await this.permitted(signal);
        if (scopes && !sameScopes(scopes, this.scopes)) {
          this.narrowing = false;
          this.restart(scopes);
          return;
        }
        if (scopes === EVERYWHERE) return;
        await sleep(this.options.clock, LOOK_AGAIN_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.trouble = error;
    } finally {
      this.narrowing = false;
    }
  }

  /** undefined when nothing is permitted, or nothing can be told now. */
  private async permitted(signal: AbortSignal): Promise<readonly Scope[] | undefined> {
    try {
      const { permitted } = await askScopes(this.options, signal);
      if (permitted.length === 0) return undefined;
      return permitted[0]?.namespace === undefined ? EVERYWHERE : permitted.map((scope) => scope.namespace ?? '');
    } catch (error) {
      signal.throwIfAborted();
      this.trouble = error;
      return undefined;
    }
  }

  private restart(scopes: readonly Scope[]): void {
    const { trouble } = this;
    this.stop();
    this.scopes = scopes;
    this.start();
    const isNarrow = scopes !== EVERYWHERE;
    if (isNarrow && this.current) {
      // What is refused elsewhere stays worth telling, and worth another look.
      this.trouble = trouble;
      void this.narrow(this.current.signal);
    }
  }

  private reflector(scope: Scope, owner: AbortController): Parameters<typeof runReflector>[0] {
    const { client, type, clock, labelSelector, sink } = this.options;
    return {
      client,
      clock,
      scope: {
        type,
        ...(scope === '' ? {} : { namespace: scope }),
        ...(labelSelector === undefined ? {} : { labelSelector }),
      },
      sink: whileOwned(sink(scope), () => this.current === owner),
    };
  }
}

function sameScopes(a: readonly Scope[], b: readonly Scope[]): boolean {
  return a.length === b.length && a.every((scope) => b.includes(scope));
}

/** A reflector that was stopped may still be in the middle of a page: what it tells then is of the past. */
function whileOwned(sink: ReflectorSink, isOwned: () => boolean): ReflectorSink {
  return {
    listStarted: () => {
      if (isOwned()) sink.listStarted();
    },
    page: (items, bytes) => (isOwned() ? sink.page(items, bytes) : undefined),
    listed: (resourceVersion) => {
      if (isOwned()) sink.listed(resourceVersion);
    },
    event: (event) => {
      if (isOwned()) sink.event(event);
    },
    failed: (error) => {
      if (isOwned()) sink.failed(error);
    },
    recovered: () => {
      if (isOwned()) sink.recovered();
    },
    timeTravel: () => {
      if (isOwned()) sink.timeTravel();
    },
  };
}
