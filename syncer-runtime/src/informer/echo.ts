import type { Echo } from './pair.js';

/** Whether an event or a list item told something new, our own write, or less than we know. */
export type News = 'new' | 'echo' | 'stale';

/**
 * What version `rv` tells. A list ends all waiting: the version that we wait for may lie before it, and the watch that
 * follows it brings whatever it lacks.
 */
export function judge(echo: Echo, rv: string, from: 'watch' | 'list'): News {
  echo.write?.seen.push(rv);
  if (echo.write && from === 'list') echo.write.overtaken = true;
  const expected = echo.expect;
  if (rv === expected || from === 'list') echo.expect = undefined;
  if (rv === expected) return 'echo';
  return expected === undefined || from === 'list' ? 'new' : 'stale';
}

/**
 * Whether a reply is newer than what the watch told; then its version is what the watch has still to bring. A version
 * that was known before the request, or came since, tells nothing new; after a list, or the object's end, nobody can
 * say which is newer, and the watch that follows will.
 */
export function answer(echo: Echo, rv: string): boolean {
  const { write } = echo;
  echo.write = undefined;
  if (write?.overtaken === true || write?.seen.includes(rv) === true) return false;
  echo.expect = rv;
  return true;
}

/** No version is waited for after an object's end, and an answer that is still on its way may be older than that. */
export function noteEnd(echo: Echo): void {
  echo.expect = undefined;
  if (echo.write) echo.write.overtaken = true;
}

/** Whether the version that is waited for was waited for already last time; then it is no longer. */
export function hasAged(echo: Echo): boolean {
  if (echo.expect === undefined) return false;
  const aged = echo.aged === echo.expect;
  if (aged) echo.expect = undefined;
  else echo.aged = echo.expect;
  return aged;
}
