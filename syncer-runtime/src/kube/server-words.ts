/** What servers say only in text. Everything else is told by status, reason and details. */
export type ServerWords =
  /** The cluster's schema does not fit the body: final until object or schema change. */
  | { readonly meaning: 'doesNotFitSchema'; readonly field: string; readonly unknownField: boolean }
  | { readonly meaning: 'immutableField'; readonly field: string }
  | { readonly meaning: 'uidMismatch' }
  | { readonly meaning: 'quotaExceeded' }
  | { readonly meaning: 'storageInitializing' };

interface Said {
  readonly status: number;
  readonly message: string;
  readonly causes: readonly { readonly message: string; readonly field: string }[];
}

interface Row {
  readonly status: number;
  readonly read: (said: Said) => ServerWords | undefined;
}

/**
 * The one table of texts. Each row has a test that makes the real servers say it (e2e/src/kube): a new version that
 * says it otherwise fails there.
 */
const table: readonly Row[] = [
  { status: 500, read: typedPatch },
  {
    status: 500,
    read: when(/^failed to convert new object \(/, { meaning: 'doesNotFitSchema', field: '', unknownField: false }),
  },
  { status: 422, read: immutable },
  { status: 409, read: when(/^Operation cannot be fulfilled on .*: uid mismatch: /s, { meaning: 'uidMismatch' }) },
  {
    status: 409,
    read: when(/\bthe UID in the precondition \(.*\) does not match the UID in record\b/s, { meaning: 'uidMismatch' }),
  },
  { status: 409, read: when(/\bPrecondition failed: UID in precondition: /, { meaning: 'uidMismatch' }) },
  { status: 403, read: when(/ is forbidden: exceeded quota: /, { meaning: 'quotaExceeded' }) },
  { status: 429, read: when(/^storage is \(re\)initializing/, { meaning: 'storageInitializing' }) },
];

/** The first row that fits, read from the uncut message. */
export function readWords(said: Said): ServerWords | undefined {
  for (const row of table) {
    const words = row.status === said.status ? row.read(said) : undefined;
    if (words) return words;
  }
  return undefined;
}

function when(pattern: RegExp, words: ServerWords): Row['read'] {
  return (said) => (pattern.test(said.message) ? words : undefined);
}

/** Server-side apply of what the schema does not know is a 500 without reason, and permanent. */
function typedPatch(said: Said): ServerWords | undefined {
  const detail = /^failed to create typed patch object \([^)]*\): (.*)$/s.exec(said.message)?.[1];
  if (detail === undefined) return undefined;
  const unknown = /(\.[^\s:]+): field not declared in schema/.exec(detail);
  const field = unknown?.[1] ?? /(\.[^\s:]+): /.exec(detail)?.[1] ?? '';
  return { meaning: 'doesNotFitSchema', field: field.slice(0, 256), unknownField: unknown !== null };
}

const immutableTexts = [
  /\bfield is immutable\b/,
  /\bmay not change once set\b/,
  /\bis immutable after creation\b/,
  /\bupdates to statefulset spec for fields other than\b/,
];

/** 422 says "immutable" and "invalid" with one reason; only the words tell them apart. */
function immutable(said: Said): ServerWords | undefined {
  const causes = said.causes.filter(({ message }) => immutableTexts.some((text) => text.test(message)));
  // A wrong uid is "immutable" too, but a lost race and no change of the object.
  if (causes.some(({ field }) => field === 'metadata.uid')) return { meaning: 'uidMismatch' };
  return causes[0] && { meaning: 'immutableField', field: causes[0].field };
}
