import { backoffMs } from '../base/backoff.js';
import { Bell } from '../base/bell.js';
import type { Clock } from '../base/clock.js';
import type { Side } from '../base/sides.js';
import type { TypeController } from '../controller/type-controller.js';
import type { KubeClient } from '../kube/client.js';
import { discover, type Discovered } from '../kube/discovery.js';
import { typeName, type ResourceType } from '../object/types.js';
import type { Logger } from '../observe/logger.js';
import type { Selection } from '../select/selection.js';
import { chooseTypes, isChosen, typesToDrain, type TypeChoice } from '../select/types.js';
import { isDrained } from './census.js';
import { inSyncOrder } from './sync-order.js';
import type { TypeDefinitions } from './type-definitions.js';

/** Both sides are asked what they serve at least this often; changes of CRDs and bindings are noticed at once. */
const PERIOD_MS = 30_000;
/** Changes that come together are looked at together: after a moment without one, and within two seconds. */
const GATHER_MS = 200;
const GATHER_MAX_MS = 2_000;
/** A type that is no longer served must be missing for so long, in complete answers, before it is believed (S29). */
const GONE_AFTER_MS = 30_000;
const MISSING_AFTER_MS = 1_000;

export interface TypeSetOptions {
  readonly clients: Readonly<Record<Side, KubeClient>>;
  readonly definitions: TypeDefinitions;
  readonly selection: Selection;
  /** Types that were synced before, as `deployments.apps`: those that are not selected now are drained (S32). */
  readonly syncedBefore: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly createController: (type: ResourceType, how: ControllerOrigin) => TypeController;
  /** Nothing of ours is left of a type that was drained. */
  readonly onDrained: (name: string) => void;
  readonly onTrouble: (side: Side, error: unknown) => void;
  readonly onChange: () => void;
}

/** How a controller comes to be. */
export interface ControllerOrigin {
  /** It followed the same type in another version, and was stopped. */
  readonly former: TypeController | undefined;
  /** The type is not selected any more: all that is ours of it goes. */
  readonly draining: boolean;
}

/** What is known of one type. */
export interface TypeEntry {
  readonly choice: TypeChoice;
  readonly controller?: TypeController;
}

/**
 * The types that are synced: those that both sides serve, now and whenever that changes. Starts a controller for each;
 * one whose type disappears is stopped on that side, and nothing is deleted for it.
 */
export class TypeSet {
  private readonly entries = new Map<string, { choice: TypeChoice; controller?: TypeController }>();
  private readonly drained = new Set<string>();
  private readonly missingSince: Record<Side, Map<string, number>> = { upstream: new Map(), downstream: new Map() };
  private readonly bell: Bell;
  /** What both sides served when they were last asked. */
  served: Readonly<Record<Side, Discovered>> | undefined;
  /** Both sides were asked once, and controllers run for what they serve. */
  started = false;

  constructor(private readonly options: TypeSetOptions) {
    this.bell = new Bell(options.clock);
  }

  values(): IterableIterator<TypeEntry> {
    return this.entries.values();
  }

  *controllers(): Generator<TypeController> {
    for (const { controller } of this.entries.values()) if (controller) yield controller;
  }

  /** Something changed in what is served: look soon. */
  poke(): void {
    this.bell.ring();
  }

  /** Looks again and again until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const ok = await this.refresh(signal);
      failures = ok ? 0 : failures + 1;
      await this.bell.wait(ok ? this.nextLookMs() : backoffMs(failures), signal);
      await this.gather(signal);
    }
  }

  private async gather(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    const until = clock.monotonic() + GATHER_MAX_MS;
    while ((await this.bell.wait(GATHER_MS, signal)) && clock.monotonic() < until && !signal.aborted);
  }

  private nextLookMs(): number {
    const now = this.options.clock.monotonic();
    const doubtful = [...this.missingSince.upstream.values()].some((since) => now - since < MISSING_AFTER_MS);
    return doubtful ? MISSING_AFTER_MS : PERIOD_MS;
  }

  private async refresh(signal: AbortSignal): Promise<boolean> {
    const [upstream, downstream] = await Promise.all([this.ask('upstream', signal), this.ask('downstream', signal)]);
    if (signal.aborted || !upstream || !downstream || !this.options.definitions.settled) return false;
    const choices = this.choose({ upstream, downstream });
    const unsure = new Set([...upstream.failedGroups, ...downstream.failedGroups]);
    for (const choice of inSyncOrder(choices)) this.take(choice, unsure.has(choice.group));
    const present = new Set(choices.map(typeName));
    for (const [name, entry] of this.entries) if (!present.has(name)) this.vanish(name, entry);
    this.judgeAbsence('upstream', upstream);
    this.judgeAbsence('downstream', downstream);
    this.served = { upstream, downstream };
    this.started = true;
    this.options.onChange();
    return true;
  }

  private choose(served: Readonly<Record<Side, Discovered>>): TypeChoice[] {
    const { selection, syncedBefore } = this.options;
    const question = { ...served, selection };
    const undrained = syncedBefore.filter((name) => !this.drained.has(name));
    return [...chooseTypes(question), ...typesToDrain(question, undrained)];
  }

  /** Lets go of types that are not selected any more and of which nothing of ours is left. */
  endDrains(): void {
    for (const [name, { choice, controller }] of this.entries) {
      if (choice.draining !== true || !controller || !isDrained(controller)) continue;
      controller.stop();
      this.entries.delete(name);
      this.drained.add(name);
      this.options.onDrained(name);
      this.options.logger.log(1, 'drained', { type: name });
    }
  }

  private async ask(side: Side, signal: AbortSignal): Promise<Discovered | undefined> {
    try {
      return await discover(this.options.clients[side], signal);
    } catch (error) {
      if (!signal.aborted) this.options.onTrouble(side, error);
      return undefined;
    }
  }

  /** A type that is synced gets its controller; one that cannot be keeps what it has. */
  private take(choice: TypeChoice, isUnsure: boolean): void {
    const name = typeName(choice);
    const known = this.entries.get(name);
    if (!known) this.entries.set(name, { choice });
    else known.choice = choice;
    const entry = this.entries.get(name);
    if (!entry || !isChosen(choice.outcome)) return;
    const { upstream } = choice.outcome;
    const former = entry.controller;
    // A server that tells only part of its versions is no reason to change ours.
    if (former && (isUnsure || isServedAlike(former.ctx.type, upstream))) return;
    former?.stop();
    entry.controller = this.options.createController(upstream, { former, draining: choice.draining === true });
    this.options.logger.log(1, choice.draining ? 'draining' : 'syncing', { type: name, version: upstream.version });
  }

  /** Neither side's answer gives reason to follow the type any more. Its controller stays for what it still holds. */
  private vanish(name: string, entry: { choice: TypeChoice; controller?: TypeController }): void {
    if (!entry.controller) this.entries.delete(name);
    else
      entry.choice = {
        ...entry.choice,
        outcome: { state: 'NotServed', message: `The workspace does not serve ${name} any more.` },
      };
  }

  /** Tells each controller whether its type is served on a side; absence is believed only of complete answers. */
  private judgeAbsence(side: Side, discovered: Discovered): void {
    const served = new Set(discovered.types.map(typeName));
    const missing = this.missingSince[side];
    for (const [name, { controller }] of this.entries) {
      if (!controller) continue;
      if (served.has(name)) {
        missing.delete(name);
        this.tell(side, controller, undefined);
      } else if (!discovered.failedGroups.includes(controller.ctx.type.group)) {
        const now = this.options.clock.monotonic();
        const since = missing.get(name) ?? now;
        missing.set(name, since);
        this.tell(side, controller, now - since);
      }
    }
  }

  /** @param missingMs how long the type has been missing; undefined when it is served. */
  private tell(side: Side, controller: TypeController, missingMs: number | undefined): void {
    if (side === 'downstream') {
      controller.setDownstream(missingMs === undefined, (missingMs ?? 0) >= GONE_AFTER_MS);
      return;
    }
    if (missingMs === undefined) controller.setUpstream(this.options.definitions.definitionOf(controller.ctx.type));
    else if (missingMs >= MISSING_AFTER_MS) controller.setUpstream(undefined);
  }
}

/** Whether a controller of the one type serves for the other: its URLs, and whether status goes up, are the same. */
function isServedAlike(a: ResourceType, b: ResourceType): boolean {
  return (
    a.version === b.version &&
    a.kind === b.kind &&
    a.subresources.includes('status') === b.subresources.includes('status')
  );
}
