import { LineCut, lines, LineTooLong } from './lines.js';

async function* chunks(...parts: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

async function read(source: AsyncIterable<Buffer>, limit = 100): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines(source, limit)) found.push(line.toString());
  return found;
}

test('lines are the same however the stream is cut', async () => {
  const text = Buffer.from('{"a":"Grüße 🎉"}\n\n{"b":1}\n{"c":"\u2028 is no end"}\n');
  const expected = ['{"a":"Grüße 🎉"}', '{"b":1}', '{"c":"\u2028 is no end"}'];
  for (let size = 1; size <= text.length; size++) {
    const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.subarray(i * size, (i + 1) * size),
    );
    expect(await read(chunks(...parts))).toEqual(expected);
  }
});

test('a line of the limit passes, one byte more does not, ended or not', async () => {
  expect(await read(chunks('12345', '67890\n'), 10)).toEqual(['1234567890']);
  await expect(read(chunks('12345', '678901\n'), 10)).rejects.toThrow(LineTooLong);
  await expect(read(chunks('12345', '678901'), 10)).rejects.toThrow(LineTooLong);
});

test('a stream that ends within a line says so, after the lines before it', async () => {
  const found: string[] = [];
  const reading = (async () => {
    for await (const line of lines(chunks('one\ntw'), 100)) found.push(line.toString());
  })();
  await expect(reading).rejects.toThrow(LineCut);
  expect(found).toEqual(['one']);
});
