import { readFile } from 'node:fs/promises';
import type { YAMLParseError } from 'yaml';
import { UsageError } from './usage-error.js';

/** More than any file that people name here holds: whoever names a disk image learns it at once. */
const maxBytes = 16 * 1024 * 1024;

const problems: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a directory',
  EACCES: 'is not readable by this user',
  EPERM: 'is not readable by this user',
  ENAMETOOLONG: 'no such file',
  ELOOP: 'is a link to itself',
};

/**
 * @param flag what the message names, `--kcp-kubeconfig`.
 * @throws UsageError
 */
export async function readTextFile(flag: string, path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new UsageError(`${flag} ${path}: ${problems[code] ?? `cannot be read (${code})`}`);
  }
  if (bytes.length > maxBytes) throw new UsageError(`${flag} ${path}: is too large; is it the right file?`);
  return bytes.toString('utf8');
}

/** ` in line 3`, where it is known. */
export function lineOf(position: YAMLParseError['linePos']): string {
  return position ? ` in line ${position[0].line}` : '';
}
