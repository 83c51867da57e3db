import type { SyncTarget } from '@kcp-syncer/crds/generated/synctarget.js';
import { reasons } from '../object/reasons.js';
import { eventReasons, type EventSink, type UpstreamEvent } from '../sync/events/event.js';

type Condition = NonNullable<NonNullable<SyncTarget['status']>['conditions']>[number];

/** What a condition that is False is told as; those of a start tell nothing yet. */
const troubles: readonly { readonly type: string; readonly reason: string }[] = [
  { type: 'SyncerReady', reason: eventReasons.ControllerError },
  { type: 'ResourcesReady', reason: eventReasons.ControllerError },
  { type: 'DeletionsAllowed', reason: eventReasons.DeletionsHeld },
];

/** Tells on the SyncTarget what happens to the syncer as a whole: when something begins, not while it lasts. */
export class TargetEvents {
  private readonly told = new Map<string, string>();

  constructor(
    private readonly sink: EventSink,
    private readonly syncTarget: SyncTarget,
  ) {}

  started(workspace: string): void {
    this.tell(
      'Normal',
      eventReasons.ControllerStarted,
      `The syncer started; it keeps ${workspace} and the cluster in step.`,
    );
  }

  heartbeatFailed(message: string): void {
    this.tell('Warning', eventReasons.HeartbeatFailed, `A heartbeat could not be written: ${message}`);
  }

  /** The conditions as they were reported. */
  observe(conditions: readonly Condition[]): void {
    for (const { type, reason } of troubles) {
      const condition = conditions.find((one) => one.type === type);
      const trouble = condition?.status === 'False' && condition.reason !== reasons.Starting ? condition : undefined;
      const before = this.told.get(type);
      if (trouble) this.told.set(type, trouble.reason);
      else this.told.delete(type);
      if (trouble && trouble.reason !== before) this.tell('Warning', reason, `${trouble.reason}: ${trouble.message}`);
    }
  }

  private tell(type: UpstreamEvent['type'], reason: string, message: string): void {
    const { name, uid = '' } = this.syncTarget.metadata;
    const subject = { apiVersion: 'workload.kcp.io/v1alpha1', kind: 'SyncTarget', namespace: '', name, uid };
    this.sink.record({ subject, type, reason, message });
  }
}
