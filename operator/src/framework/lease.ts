import type { Clock } from '@kcp-syncer/syncer-runtime/base/clock.js';
import { sleep } from '@kcp-syncer/syncer-runtime/base/clock.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { deadline } from '@kcp-syncer/syncer-runtime/kube/deadline.js';
import { isConflict, isNotFound } from '@kcp-syncer/syncer-runtime/kube/error-class.js';
import { collectionPath, objectPath } from '@kcp-syncer/syncer-runtime/kube/paths.js';
import { parseJson } from '@kcp-syncer/syncer-runtime/object/parse.js';
import type { KubeObject, OwnerReference } from '@kcp-syncer/syncer-runtime/object/types.js';
import type { Logger } from '@kcp-syncer/syncer-runtime/observe/logger.js';

const leases = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' };

/** Times of a Lease, in milliseconds. */
export interface LeaseTimes {
  /** A holder whose Lease did not change for so long, as its observer saw it, is taken for dead. */
  readonly durationMs: number;
  /** A holder that could not renew for so long writes nothing any more; well below the duration. */
  readonly deadlineMs: number;
  readonly renewMs: number;
  /** How often somebody who waits looks. */
  readonly lookMs: number;
}

/** A killed holder is replaced within twenty seconds, one that stops in order within three; a write in five seconds. */
export const leaseTimes: LeaseTimes = { durationMs: 15_000, deadlineMs: 10_000, renewMs: 5_000, lookMs: 1_000 };

export interface LeaseOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
  /** Who wants it, unique for each process. */
  readonly identity: string;
  /** With it the Lease goes; undefined: it stays when nobody wants it any more. */
  readonly owner?: OwnerReference | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times?: LeaseTimes;
}

interface LeaseObject extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseTransitions?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
}

/**
 * One Lease: whoever holds it may write. Nobody compares another machine's clock with the own (S36, S38): a holder is
 * dead when its Lease did not change while we looked for its whole duration.
 */
export class Lease {
  private readonly times: LeaseTimes;
  private held: LeaseObject | undefined;
  /** When the last renewal was asked for that succeeded. */
  private renewed = { monotonicMs: -Infinity, wallMs: -Infinity };
  private answered = false;
  private seen: { readonly version: string; readonly atMs: number } | undefined;

  constructor(private readonly options: LeaseOptions) {
    this.times = options.times ?? leaseTimes;
  }

  /** Whether writing is allowed at this moment. By both clocks: the monotonic one may stop while a machine sleeps, the wall may be set. */
  get isHeld(): boolean {
    const { clock } = this.options;
    const ageMs = Math.max(clock.monotonic() - this.renewed.monotonicMs, clock.now() - this.renewed.wallMs);
    return this.held !== undefined && ageMs < this.times.deadlineMs;
  }

  /** Whether the cluster has told once who holds the Lease. */
  get hasAnswered(): boolean {
    return this.answered;
  }

  /** Resolves when the Lease is ours. @throws the signal's reason */
  async acquire(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.options;
    let told = '';
    for (;;) {
      const why = await this.tryToHold(signal).catch((error: unknown) => {
        signal.throwIfAborted();
        return error instanceof Error ? error.message : String(error);
      });
      if (why === undefined) return;
      if (why !== told) logger.log(1, `waiting for the Lease ${this.options.name}`, { why });
      told = why;
      await sleep(clock, this.times.lookMs, signal);
    }
  }

  /** Renews the Lease until it is lost, and then resolves; or rejects when `signal` is aborted. */
  async keep(signal: AbortSignal): Promise<void> {
    const { clock } = this.options;
    let waitMs = this.times.renewMs;
    while (this.isHeld) {
      await sleep(clock, waitMs, signal);
      waitMs = (await this.renew(signal)) ? this.times.renewMs : this.times.lookMs;
    }
    this.held = undefined;
  }

  /** Lets go, so that another need not wait. Never throws. */
  async release(): Promise<void> {
    const { held } = this;
    this.held = undefined;
    if (!held) return;
    const { logger } = this.options;
    try {
      await this.write({ ...held, spec: { ...held.spec, holderIdentity: '' } }, undefined);
    } catch (error) {
      logger.error(`the Lease ${this.options.name} could not be released`, error);
    }
  }

  /** What is waited for; undefined when the Lease is ours. */
  private async tryToHold(signal: AbortSignal): Promise<string | undefined> {
    const found = await this.read(signal);
    this.answered = true;
    const holder = found?.spec?.holderIdentity ?? '';
    if (found && holder !== '' && holder !== this.options.identity && !this.isSilent(found))
      return `${holder} holds it`;
    await this.hold(found, signal);
    return undefined;
  }

  private isSilent({ metadata: { resourceVersion = '' } }: LeaseObject): boolean {
    const nowMs = this.options.clock.monotonic();
    if (this.seen?.version !== resourceVersion) this.seen = { version: resourceVersion, atMs: nowMs };
    return nowMs - this.seen.atMs >= this.times.durationMs;
  }

  private async hold(found: LeaseObject | undefined, signal: AbortSignal): Promise<void> {
    const { identity, name, namespace, clock, owner } = this.options;
    const now = microTime(clock.now());
    const transitions = found?.spec?.leaseTransitions;
    await this.write(
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { ...(found?.metadata ?? { name, namespace }), ...(owner && { ownerReferences: [owner] }) },
        spec: {
          ...found?.spec,
          holderIdentity: identity,
          acquireTime: now,
          leaseTransitions: transitions === undefined ? 0 : transitions + 1,
        },
      },
      signal,
    );
  }

  /** Whether it was renewed. One that somebody else has is ours no more. */
  private async renew(signal: AbortSignal): Promise<boolean> {
    if (!this.held) return false;
    try {
      await this.write(this.held, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      this.options.logger.error(`the Lease ${this.options.name} could not be renewed`, error);
      if (isConflict(error) || isNotFound(error)) this.held = undefined;
      return false;
    }
  }

  private async read(signal: AbortSignal): Promise<LeaseObject | undefined> {
    try {
      return await this.send('GET', undefined, signal);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Writes under the resourceVersion that was read: of two who try, one wins. */
  private async write(lease: LeaseObject, signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.options;
    const asked = { monotonicMs: clock.monotonic(), wallMs: clock.now() };
    const leaseDurationSeconds = this.times.durationMs / 1_000;
    const spec = { ...lease.spec, leaseDurationSeconds, renewTime: microTime(asked.wallMs) };
    const method = lease.metadata.resourceVersion === undefined ? 'POST' : 'PUT';
    const written = await this.send(method, { ...lease, spec }, signal);
    if (spec.holderIdentity !== this.options.identity) return;
    this.held = written;
    this.renewed = asked;
  }

  private async send(
    method: 'GET' | 'POST' | 'PUT',
    body: LeaseObject | undefined,
    signal: AbortSignal | undefined,
  ): Promise<LeaseObject> {
    const { client, clock, namespace, name } = this.options;
    const late = (): Error => new Error('the server did not answer in time');
    const time = deadline(clock, { ms: this.times.renewMs - this.times.lookMs, signal, late });
    const path = method === 'POST' ? collectionPath(leases, namespace) : objectPath(leases, { namespace, name });
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      return parseJson(
        (await client.request({ method, path, ...content, signal: time.signal, lane: 'heartbeat' })).text,
      ) as LeaseObject;
    } finally {
      time.clear();
    }
  }
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
