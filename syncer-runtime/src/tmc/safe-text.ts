/**
 * Where a server begins to print contents: `Invalid value: "…"`, `Unsupported value: …`, `Duplicate value: …` of
 * validation, `got &value.valueUnstructured{Value:…` of schemas, the difference of two objects after `@@ `.
 */
const contents = /\b(?:(?:invalid|unsupported|duplicate)\s+)?value\s*:|,? got &|@@ -/i;

/**
 * What a server said, up to where it begins to print values of fields: those hold contents, for Secrets always
 * (semantics S11).
 */
export function withoutValues(message: string): string {
  const start = message.search(contents);
  return start < 0 ? message : message.slice(0, start).replace(/[\s:,;]+$/, '');
}

/** An error by its form: it may come from another realm or from a second copy of a library. */
export interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: unknown;
  readonly status?: unknown;
}

export function isErrorLike(value: unknown): value is ErrorLike {
  return typeof value === 'object' && value !== null && hasText(value, 'message') && hasText(value, 'name');
}

function hasText(value: object, field: string): boolean {
  return typeof (value as Readonly<Record<string, unknown>>)[field] === 'string';
}

/**
 * What may be said of any error. Parsers quote the text that they could not read, so their words are replaced: it may
 * be a Secret or a kubeconfig.
 */
export function safeErrorText(error: unknown): string {
  if (typeof error === 'string') return withoutValues(error);
  if (!isErrorLike(error)) return 'unknown error';
  if (error.name === 'SyntaxError') return 'a text could not be parsed';
  return withoutValues(error.message) || error.name;
}
