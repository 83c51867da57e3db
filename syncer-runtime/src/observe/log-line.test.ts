import { jsonLine, oneLine, textLine, type LogRecord } from './log-line.js';

function record(more: Partial<LogRecord> = {}): LogRecord {
  return { timeMs: Date.parse('2026-01-02T03:04:05.678Z'), level: 'info', message: 'synced', fields: {}, ...more };
}

/** What tenants and servers may send: line ends, a terminal command, a hidden character, the end of a JSON string. */
const hostile = 'a\nb\r\n\u001b[31mred\u0085\u2028\u202e"} level=error';

test('a text line has time, level, message and fields', () => {
  const line = textLine(record({ fields: { key: 'default/web', count: 3, ok: true, skipped: undefined } }));
  expect(line).toBe('2026-01-02T03:04:05.678Z INFO  synced key=default/web count=3 ok=true');
});

test('a value that could be taken for something else is quoted', () => {
  const line = textLine(record({ fields: { a: 'two words', b: '', c: 'x=y', d: 'say "hi"' } }));
  expect(line).toMatch(/ a="two words" b="" c="x=y" d="say \\"hi\\""$/);
});

test('hostile text is one line in both forms, and cannot command a terminal', () => {
  const r = record({ message: hostile, fields: { name: hostile } });
  for (const line of [textLine(r), jsonLine(r)]) {
    expect(line).toMatch(/^[\u0020-\u007e]+$/);
    expect(line.split('\n')).toHaveLength(1);
  }
});

test('a JSON line gives back exactly what went in', () => {
  const parsed: unknown = JSON.parse(jsonLine(record({ message: hostile, fields: { name: hostile, count: 3 } })));
  expect(parsed).toEqual({
    time: '2026-01-02T03:04:05.678Z',
    level: 'info',
    message: hostile,
    name: hostile,
    count: 3,
  });
});

test('a field cannot take the place of time, level or message', () => {
  const line = jsonLine(record({ fields: { level: 'forged', message: 'forged', time: 'forged' } }));
  expect(JSON.parse(line)).toEqual({ time: '2026-01-02T03:04:05.678Z', level: 'info', message: 'synced' });
});

test('a very long value is cut in both forms', () => {
  const r = record({ fields: { message: 'x', text: 'y'.repeat(100_000) } });
  expect(textLine(r).length).toBeLessThan(2_200);
  expect(jsonLine(r).length).toBeLessThan(2_200);
});

test('ordinary text of any language stays readable', () => {
  expect(oneLine('größe 大きさ – 100 %')).toBe('größe 大きさ – 100 %');
});
