/** A line is longer than its reader takes. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
}

/** The stream ended within a line. */
export class LineCut extends Error {
  override readonly name = 'LineCut';
}

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes at line feeds, and at nothing else; empty lines are left out. Bytes are not decoded here, so
 * that no character is torn between two chunks.
 * @throws LineTooLong as soon as a line has more than `limit` bytes; LineCut when the end comes within a line.
 */
export async function* lines(source: AsyncIterable<Buffer>, limit: number): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      const rest = chunk.subarray(from, end);
      from = end + 1;
      if (bytes + rest.length > limit) throw new LineTooLong();
      const line = begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      bytes = 0;
      if (line.length > 0) yield line;
    }
    if (from === chunk.length) continue;
    bytes += chunk.length - from;
    if (bytes > limit) throw new LineTooLong();
    begun.push(chunk.subarray(from));
  }
  if (bytes > 0) throw new LineCut();
}
