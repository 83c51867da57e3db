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

interface Permitted {
  readonly scopes: readonly Scope[];
  /** Some of the namespaces that are wanted may not be read. */
  readonly refused: boolean;
}

/**
 * The reflectors of one side of one type: started, stopped and started anew as the type comes and goes. Cluster-wide,
 * or, where that is forbidden, one for each namespace that permits it.
 */
export class SideWatch {
  private current: AbortController | undefined;
  private scopes: readonly Scope[] = EVERYWHERE;
  /** The run for which permissions are being looked for. */
  private narrowing: AbortSignal | undefined;
  /** With what the whole side was refused last. */
  private refusal: unknown;
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
    const run = this.current?.signal;
    if (!isForbidden(error) || !run || this.narrowing === run) return;
    this.refusal = error;
    void this.narrow(run);
  }

  recovered(): void {
    this.trouble = undefined;
  }

  /** Looks where reading is permitted, and goes on looking until it is everywhere. */
  private async narrow(owner: AbortSignal): Promise<void> {
    this.narrowing = owner;
    const signal = anyOf(this.options.signal, owner);
    try {
      while (!signal.aborted) {
        const permitted = await this.permitted(signal);
        if (permitted && !sameScopes(permitted.scopes, this.scopes)) {
          this.restart(permitted.scopes);
          return;
        }
        if (permitted?.scopes === EVERYWHERE) return;
        if (permitted) this.tellRefusal(permitted.refused);
        await sleep(this.options.clock, LOOK_AGAIN_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.trouble = error;
    } finally {
      if (this.narrowing === owner) this.narrowing = undefined;
    }
  }

  /** undefined when nothing is permitted, or nothing can be told now. */
  private async permitted(signal: AbortSignal): Promise<Permitted | undefined> {
    try {
      const { permitted, refused } = await askScopes(this.options, signal);
      if (permitted.length === 0) return undefined;
      const isEverywhere = permitted[0]?.namespace === undefined;
      const scopes = isEverywhere ? EVERYWHERE : permitted.map((scope) => scope.namespace ?? '');
      return { scopes, refused: refused.length > 0 };
    } catch (error) {
      signal.throwIfAborted();
      this.trouble = error;
      return undefined;
    }
  }

  private restart(scopes: readonly Scope[]): void {
    this.stop();
    this.scopes = scopes;
    this.start();
    // What is refused elsewhere stays worth another look.
    if (scopes !== EVERYWHERE && this.current) void this.narrow(this.current.signal);
  }

  /** Namespaces that may not be read are worth telling; the whole side is not, where nothing else of it is wanted. */
  private tellRefusal(refused: boolean): void {
    if (refused) this.trouble ??= this.refusal;
    else if (this.trouble === this.refusal) this.trouble = undefined;
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
