import type { KubeClient } from './client.js';
import { isExpired } from './error-class.js';
import { watchEvents, type WatchEvent } from './watch-stream.js';

const client = { side: 'downstream', server: 'https://s' } as KubeClient;

async function read(...chunks: (string | Buffer)[]): Promise<{ events: WatchEvent[]; error: unknown }> {
  const events: WatchEvent[] = [];
  async function* source(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield await Promise.resolve(Buffer.from(chunk));
  }
  try {
    for await (const event of watchEvents(source(), client, '/w?watch=true')) events.push(event);
    return { events, error: undefined };
  } catch (error) {
    return { events, error };
  }
}

function line(type: string, object: unknown): string {
  return `${JSON.stringify({ type, object })}\n`;
}

const thing = { metadata: { name: 'a', resourceVersion: '5' } };

test('events come in order, with the size of their text', async () => {
  const added = line('ADDED', thing);
  const { events, error } = await read(
    added + line('MODIFIED', thing),
    line('BOOKMARK', { metadata: { resourceVersion: '9' } }),
    line('DELETED', thing),
  );
  expect(error).toBeUndefined();
  expect(events).toEqual([
    { type: 'ADDED', object: thing, bytes: added.length - 1 },
    { type: 'MODIFIED', object: thing, bytes: added.length + 2 },
    { type: 'BOOKMARK', resourceVersion: '9' },
    { type: 'DELETED', object: thing, bytes: added.length + 1 },
  ]);
});

test('an ERROR event is thrown as what its Status says', async () => {
  const { events, error } = await read(
    line('ADDED', thing) + line('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }),
  );
  expect(events).toHaveLength(1);
  expect(isExpired(error)).toBe(true);
});

test('a line of 10 MB is an error that names the limit', async () => {
  const { error } = await read(line('ADDED', thing), Buffer.alloc(10_000_000, 'x'));
  expect(error).toMatchObject({
    code: 'LINE_TOO_LONG',
    message: 'the cluster at https://s: it sent a watch event of more than 8 MiB',
  });
});

test('a line that is cut in the middle is a broken connection', async () => {
  const { events, error } = await read(line('ADDED', thing), '{"type":"MODI');
  expect(events).toHaveLength(1);
  expect(error).toMatchObject({ name: 'ConnectionError', code: 'LINE_CUT' });
});

test.each([
  'nonsense\n',
  '[]\n',
  '{"type":"ADDED"}\n',
  '{"type":"ADDED","object":{"metadata":{}}}\n',
  '{"type":"NEWS","object":{}}\n',
  '{"type":"BOOKMARK"}\n',
])('the line %j is an error, not skipped', async (bad) => {
  const { events, error } = await read(line('ADDED', thing), bad, line('ADDED', thing));
  expect(events).toHaveLength(1);
  expect(error).toMatchObject({ name: 'ConnectionError', code: 'NOT_AN_EVENT' });
});
