/** Where servers run: by which address they are reached, and what their command lines begin with. */
export interface Place {
  readonly address: string;
  readonly enter: readonly string[];
}

/** On this machine, for nobody else. */
export const loopback: Place = { address: '127.0.0.1', enter: [] };
