import type { TypeController } from '../controller/type-controller.js';
import type { Logger } from '../observe/logger.js';

export interface AbsenceOptions {
  /** What a former run held deletions for; undefined when it held none. */
  readonly stored: string | undefined;
  readonly controllers: () => Iterable<TypeController>;
  readonly logger: Logger;
}

/** Why nothing is believed to be deleted of what this run never saw in the workspace (S26). */
export class Absence {
  /** A sentence without its full stop; '' when absence is believed. */
  cause: string;
  private isSetBack = false;

  constructor(private readonly options: AbsenceOptions) {
    this.cause = options.stored ?? '';
  }

  /** A copy is made of a later generation than the object has: kcp was set back while no syncer ran. */
  setBack(copy: string): void {
    if (this.isSetBack) return;
    this.isSetBack = true;
    this.cause = `kcp is older than it was when the cluster got its copy of ${copy}; it seems to be restored from a backup`;
    this.options.logger.warn('what the workspace lacks is kept', { cause: this.cause });
    for (const controller of this.options.controllers()) controller.blameUnseen(this.cause);
  }
}
