import { Bell } from '../base/bell.js';
import { sleep, toTimestamp, type Clock } from '../base/clock.js';
import { TerminalError } from '../base/outcome.js';
import { UnknownCluster } from '../sync/decide/failure.js';
import type { Side } from '../base/sides.js';
import { ApiError } from '../kube/api-error.js';
import { ConnectionError } from '../kube/connection-error.js';
import type { KubeClient } from '../kube/client.js';
import { isUnauthorized } from '../kube/error-class.js';
import { deadline } from '../kube/deadline.js';
import { objectPath } from '../kube/paths.js';
import { annotations } from '../object/marks.js';
import { parseJson } from '../object/parse.js';
import { reasons } from '../object/reasons.js';
import type { KubeObject } from '../object/types.js';
import type { Recorder } from '../observe/recorder.js';
import type { Connectivity as SideState } from '../observe/snapshot.js';
import { logicalClusterPath } from '../synctarget/identify-workspace.js';

const MAX_PERIOD_MS = 10_000;
const PROBE_TIMEOUT_MS = 5_000;
const SHORTEST_PAUSE_MS = 100;
/** After a failure the server is asked this often. */
const WHILE_DOWN_MS = 1_000;

/** The object of each side whose uid says who the server is (S7). */
const landmarks: Readonly<Record<Side, string>> = {
  upstream: logicalClusterPath,
  downstream: objectPath({ group: '', version: 'v1', resource: 'namespaces' }, { name: 'kube-system' }),
};

export interface ConnectivityOptions {
  readonly clients: Readonly<Record<Side, KubeClient>>;
  /** uids as they were at first contact. */
  readonly pinned: Readonly<Record<Side, string>>;
  /** uid of the cluster that answered at the start. */
  readonly foundCluster: string;
  readonly heartbeatPeriodMs: number;
  /** When the credentials of a side say that they expire; wall clock, ms. */
  readonly expiresMs: (side: Side) => number | undefined;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly onChange: (side: Side, state: SideState) => void;
  /** The workspace has a deletionTimestamp, or another one answers under its name. */
  readonly onWorkspaceGoing: (cause: string) => void;
}

/** Whether both servers answer, and are the ones that were met first. */
export class Connectivity {
  private readonly states: Record<Side, SideState>;
  private readonly changed = new Map<Side, string>();
  private readonly bells: Readonly<Record<Side, Bell>>;
  /** How often it became doubtful which cluster answers, and how many of these doubts an answer has dispelled. */
  private doubts = 0;
  private dispelled = 0;

  constructor(private readonly options: ConnectivityOptions) {
    this.bells = { upstream: new Bell(options.clock), downstream: new Bell(options.clock) };
    const sinceMs = options.clock.now();
    const state: SideState = { connected: true, sinceMs, message: '' };
    this.states = { upstream: state, downstream: state };
    if (options.foundCluster !== options.pinned.downstream) this.noteOther('downstream', options.foundCluster);
    options.recorder.connection('upstream', true);
    options.recorder.connection('downstream', true);
  }

  state(side: Side): SideState {
    return this.states[side];
  }

  /** A sentence when another server answers in the place of the one that was met first. */
  changedIdentity(side: Side): string | undefined {
    return this.changed.get(side);
  }

  /** Asks both servers again and again until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.watch('upstream', signal), this.watch('downstream', signal)]);
  }

  /** Something failed on this side: look at once, and write nothing there until it is known who answers. */
  trouble(side: Side, error: unknown): void {
    if (error instanceof ConnectionError) this.doubt(side);
    else this.look(side);
  }

  /** There is reason to think that it answers again. */
  look(side: Side): void {
    this.bells[side].ring();
  }

  /** It may be another server that answers on this side: look at once. */
  doubt(side: Side): void {
    if (side === 'downstream') this.doubts++;
    this.bells[side].ring();
  }

  /**
   * Writes are made only to the cluster that was met first, and while it is known that it answers (S7).
   * @throws TerminalError when it is another one, UnknownCluster while it is not known.
   */
  assertKnownCluster(): void {
    const changed = this.changed.get('downstream') ?? this.changed.get('upstream');
    if (changed !== undefined)
      throw new TerminalError(
        this.changed.has('downstream') ? reasons.ClusterChanged : reasons.WorkspaceChanged,
        changed,
        {
          retryAfterMs: MAX_PERIOD_MS,
        },
      );
    if (this.doubts > this.dispelled) throw new UnknownCluster();
  }

  private async watch(side: Side, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.probe(side, signal);
      const pause = this.states[side].connected
        ? Math.min(MAX_PERIOD_MS, this.options.heartbeatPeriodMs / 2)
        : WHILE_DOWN_MS;
      await this.bells[side].wait(pause, signal);
      // However many ring, the server is not asked more often than this.
      await sleep(this.options.clock, SHORTEST_PAUSE_MS, signal).catch(() => undefined);
    }
  }

  private async probe(side: Side, signal: AbortSignal): Promise<void> {
    const late = (): Error => new Error(`no answer within ${String(PROBE_TIMEOUT_MS / 1000)} s`);
    // An answer to an earlier question dispels no later doubt.
    const { doubts } = this;
    const time = deadline(this.options.clock, { ms: PROBE_TIMEOUT_MS, signal, late });
    try {
      const path = landmarks[side];
      const reply = await this.options.clients[side].request({
        method: 'GET',
        path,
        lane: 'heartbeat',
        signal: time.signal,
      });
      this.answered(side, parseJson(reply.text) as KubeObject, doubts);
    } catch (error) {
      if (!signal.aborted) this.set(side, this.stateAfter(side, error));
    } finally {
      time.clear();
    }
  }

  private answered(side: Side, landmark: KubeObject, doubts: number): void {
    const { uid, deletionTimestamp } = landmark.metadata;
    this.set(side, { connected: true, message: '' });
    if (side === 'upstream' && deletionTimestamp !== undefined)
      this.options.onWorkspaceGoing('the workspace is being deleted');
    if (uid === this.options.pinned[side]) {
      this.changed.delete(side);
      if (side === 'downstream') this.dispelled = doubts;
      return;
    }
    this.noteOther(side, uid ?? 'unknown');
    if (side === 'upstream') this.options.onWorkspaceGoing('the workspace was deleted and made anew');
  }

  private noteOther(side: Side, uid: string): void {
    const what = side === 'upstream' ? 'workspace' : 'cluster';
    const way =
      side === 'downstream'
        ? `; to go on with it, annotate the SyncTarget with ${annotations.approveCluster}=${uid} and start the syncer again`
        : '';
    this.changed.set(
      side,
      `another ${what} answers than the one that was met first: uid ${uid} in place of ${this.options.pinned[side]}${way}`,
    );
  }

  /** A server that refuses the credentials answers, and yet nothing can be done until they are renewed (S37). */
  private stateAfter(side: Side, error: unknown): Omit<SideState, 'sinceMs'> {
    if (!isUnauthorized(error)) return { connected: false, message: messageOf(error) };
    const expiry = this.options.expiresMs(side);
    const expired = expiry !== undefined && expiry <= this.options.clock.now();
    const message = expired ? `they expired at ${toTimestamp(expiry)}` : 'they were revoked, or are not known to it';
    return { connected: false, refused: true, message };
  }

  private set(side: Side, state: Omit<SideState, 'sinceMs'>): void {
    const before = this.states[side];
    const isSame = before.connected === state.connected && before.refused === state.refused;
    if (isSame && before.message === state.message) return;
    this.states[side] = { ...state, sinceMs: isSame ? before.sinceMs : this.options.clock.now() };
    this.options.recorder.connection(side, state.connected);
    this.options.onChange(side, this.states[side]);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ApiError) return `the server answers ${String(error.status)}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
