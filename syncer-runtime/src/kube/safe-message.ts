/**
 * Where a server begins to print contents: `Invalid value: "…"`, `Unsupported value: …`, `Duplicate value: …` of
 * validation, `got &value.valueUnstructured{Value:…` of schemas, the difference of two objects after `@@ `.
 */
const contents = /\b(?:(?:invalid|unsupported|duplicate)\s+)?value\s*:|,? got &|@@ -/i;

/**
 * What a server said, up to where it begins to print values of fields: those hold contents, for Secrets always
 * (semantics S11). Line ends become blanks.
 */
export function withoutValues(message: string): string {
  const start = message.search(contents);
  const safe = start < 0 ? message : message.slice(0, start);
  return safe
    .replace(/\s+/g, ' ')
    .replace(/[\s:,;]+$/, '')
    .trim();
}

/** The message of anything thrown, as one line without values of fields, for conditions, Events and logs. */
export function safeMessage(error: unknown): string {
  return withoutValues(error instanceof Error ? error.message : String(error));
}
