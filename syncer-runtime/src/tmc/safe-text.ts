/** Where servers begin to quote what an object holds: `spec.x: Invalid value: "…": must be …`. */
const quotesContents = /\b(?:(?:invalid|unsupported|duplicate)\s+value|value)\s*:/i;

/**
 * A server's message without the contents that it quotes (semantics S11): everything from `Invalid value:` on is cut,
 * for a Secret's value may follow. The field's path, which comes first, stays.
 */
export function withoutValues(message: string): string {
  const at = message.search(quotesContents);
  return at < 0 ? message : message.slice(0, at).replace(/[\s:,;]+$/, '');
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
