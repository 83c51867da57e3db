/** `text` in at most `length` characters, as a server counts them; what was cut off shows as `…`. */
export function fit(text: string, length: number): string {
  // A string has at least as many UTF-16 units as characters.
  if (text.length <= length) return text;
  const characters = Array.from(text.slice(0, 2 * length + 2));
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
