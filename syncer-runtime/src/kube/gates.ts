import { Gate } from '../base/gate.js';

/** How much one server is asked at a time, by everybody in this process. */
export interface ServerGates {
  readonly requests: Gate;
  /** A list waits here first, then at `requests`. */
  readonly lists: Gate;
  /** Held while a watch opens. */
  readonly watches: Gate;
}

/** The gates of all servers: one object for a process, shared by its clients. */
export class Gates {
  private readonly servers = new Map<string, ServerGates>();

  /** @param server URL; its logical cluster or path makes no difference. */
  of(server: string): ServerGates {
    const { origin } = new URL(server);
    const known = this.servers.get(origin);
    if (known) return known;
    const gates = { requests: new Gate(24), lists: new Gate(4), watches: new Gate(8) };
    this.servers.set(origin, gates);
    return gates;
  }
}
