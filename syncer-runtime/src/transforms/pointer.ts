/** A JSON Pointer (RFC 6901), taken apart. The empty one is the whole document. */
export type Pointer = readonly string[];

/**
 * Reads `/spec/template/metadata/annotations/example.com~1team`.
 * @throws Error of one line that says what to write.
 */
export function parsePointer(text: string): Pointer {
  if (text === '') return [];
  if (!text.startsWith('/')) throw new Error(`"${text}" is no path: write it with a / before each field`);
  if (/~(?![01])/.test(text)) throw new Error(`"${text}" is no path: write ~0 for ~ and ~1 for / in a field's name`);
  return text
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer as people write it. */
export function pointerText(pointer: Pointer): string {
  return pointer.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Whether `inner` lies below `outer`, or is the same. */
export function isWithin(outer: Pointer, inner: Pointer): boolean {
  return outer.length <= inner.length && outer.every((part, i) => part === inner[i]);
}
