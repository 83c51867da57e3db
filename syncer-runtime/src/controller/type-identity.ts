import type { TypeDefinition } from '../sync/evidence/verdict.js';

/** Something happened to what serves a type: absence below it is no deletion (S25). */
export interface IdentityIncident {
  /** A sentence without its full stop. */
  readonly cause: string;
  /** It happened before this run: it explains the absence of what this run never saw. */
  readonly wasAway: boolean;
  /** The type is another one now: what the old watch still tells is of the past. */
  readonly isReplaced: boolean;
}

/** What serves one type in the workspace, and which identity is to be remembered for it. */
export class TypeIdentity {
  definition: TypeDefinition = { kind: 'unknown', why: 'what serves the type was not seen yet' };
  private former: string | undefined;
  private going = '';
  private isAbsenceSettled = false;

  /** @param stored the identity that the SyncTarget's status had when this run began; '' when none. */
  constructor(
    private readonly typeName: string,
    private readonly stored: string,
  ) {}

  /** Whether what served the type does not any more, as far as can be seen, and nobody has found out why. */
  isMissing(definition: TypeDefinition | undefined): boolean {
    const wasMade = this.definition.kind === 'crd' || this.definition.kind === 'binding';
    return wasMade && !this.isAbsenceSettled && (!definition || definition.kind === 'builtIn');
  }

  /** What served the type is gone for good: its identity is remembered, and what serves it next is another. */
  settleAbsence(): void {
    this.isAbsenceSettled = true;
    this.former ??= uidOf(this.definition);
  }

  /** Notes what serves the type now. */
  learn(definition: TypeDefinition): IdentityIncident | undefined {
    if (definition.kind === 'unknown') return undefined;
    const wasAway = this.definition.kind === 'unknown';
    const before = wasAway ? this.stored : uidOf(this.definition);
    this.definition = definition;
    this.isAbsenceSettled = false;
    if (before !== '' && before !== uidOf(definition)) return this.replaced(before, wasAway);
    return this.isGoing(definition) ? this.goes(definition) : undefined;
  }

  /**
   * The uid to remember for the type: the former one while copies are held that belong to it, so that they are held after
   * a restart as well (S26).
   */
  remembered(isHeld: () => boolean): string {
    if (this.definition.kind === 'unknown') return this.stored;
    if (this.former !== undefined && !isHeld()) this.former = undefined;
    return this.former ?? uidOf(this.definition);
  }

  private replaced(before: string, wasAway: boolean): IdentityIncident {
    this.former = before;
    const cause = `${this.typeName} was deleted and made anew in the workspace`;
    return { cause: wasAway ? `${cause} while the syncer was away` : cause, wasAway, isReplaced: true };
  }

  /** Told once. */
  private isGoing(definition: TypeDefinition): boolean {
    return (
      definition.kind !== 'builtIn' &&
      definition.kind !== 'unknown' &&
      definition.deleting &&
      this.going !== definition.uid
    );
  }

  private goes(definition: TypeDefinition): IdentityIncident {
    this.going = uidOf(definition);
    const cause = `what serves ${this.typeName} in the workspace is being deleted`;
    return { cause, wasAway: false, isReplaced: false };
  }
}

/** uid of what serves the type; '' for one that is built in. */
function uidOf(definition: TypeDefinition): string {
  return definition.kind === 'crd' || definition.kind === 'binding' ? definition.uid : '';
}
