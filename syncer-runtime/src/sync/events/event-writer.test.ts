import { FakeClock, settle } from '../../base/clock.fixture.js';
import { apiErrorOf } from '../../kube/api-error.js';
import type { ApiReply, ApiRequest } from '../../kube/client.js';
import { MemoryLogger } from '../world.fixture.js';
import type { UpstreamEvent } from './event.js';
import { EventWriter } from './event-writer.js';

interface Written {
  readonly path: string;
  readonly body: { count: number; reason: string; message: string; involvedObject: object; metadata: object };
}

/** As the client throws it. */
function answer(status: number): Error {
  const raw = { side: 'upstream' as const, method: 'PATCH', path: '/', status, headers: {}, text: '' };
  return apiErrorOf(raw);
}

class Setting {
  readonly clock = new FakeClock();
  readonly logger = new MemoryLogger();
  readonly written: Written[] = [];
  fault: Error | undefined;
  private readonly ending = new AbortController();
  readonly writer = new EventWriter({
    client: {
      request: async ({ path, body }: ApiRequest): Promise<ApiReply> => {
        await Promise.resolve();
        this.written.push({ path, body: JSON.parse(body ?? '') as Written['body'] });
        if (this.fault) throw this.fault;
        return { status: 200, headers: {}, text: '{}' };
      },
    },
    clock: this.clock,
    logger: this.logger,
  });

  async start(): Promise<this> {
    void this.writer.run(this.ending.signal);
    await settle();
    return this;
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  stop(): void {
    this.ending.abort();
  }
}

function event(name: string, change: Partial<UpstreamEvent> = {}): UpstreamEvent {
  const subject = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name, uid: `uid-${name}` };
  return { subject, type: 'Warning', reason: 'SyncFailed', message: 'It failed.', ...change };
}

let setting: Setting;
beforeEach(async () => {
  setting = await new Setting().start();
});
afterEach(() => {
  setting.stop();
});

test('an Event is applied under a name that is the same after a restart', async () => {
  setting.writer.record(event('web'));
  await settle();
  const again = await new Setting().start();
  again.writer.record(event('web'));
  await settle();
  again.stop();
  expect(setting.written[0]?.path).toMatch(
    /^\/api\/v1\/namespaces\/default\/events\/web\.[0-9a-f]{16}\?fieldManager=kcp-syncer&force=true$/,
  );
  expect(again.written[0]?.path).toBe(setting.written[0]?.path);
  expect(setting.written[0]?.body).toMatchObject({
    kind: 'Event',
    type: 'Warning',
    reason: 'SyncFailed',
    message: 'It failed.',
    count: 1,
    involvedObject: { kind: 'ConfigMap', namespace: 'default', name: 'web', uid: 'uid-web' },
  });
});

test('an Event of a cluster-scoped object is in the namespace default and names none', async () => {
  const subject = { apiVersion: 'x/v1', kind: 'SyncTarget', namespace: '', name: 'my-cluster', uid: 'u' };
  setting.writer.record({ ...event('x'), subject });
  await settle();
  expect(setting.written[0]?.path).toContain('/namespaces/default/events/my-cluster.');
  expect(setting.written[0]?.body.involvedObject).not.toHaveProperty('namespace');
});

test('the same again within a minute is counted and written once, when the minute is over', async () => {
  for (let i = 0; i < 10; i++) {
    setting.writer.record(event('web', { message: `It failed: ${i}.` }));
    await settle();
  }
  expect(setting.written.map(({ body }) => body.count)).toEqual([1]);
  await setting.pass(59_000);
  expect(setting.written).toHaveLength(1);
  await setting.pass(1_500);
  expect(setting.written.map(({ body }) => [body.count, body.message])).toEqual([
    [1, 'It failed: 0.'],
    [10, 'It failed: 9.'],
  ]);
});

test('many at once are written at two a second after the first, and warnings first', async () => {
  for (let i = 0; i < 60; i++) setting.writer.record(event(`n${i}`, { type: 'Normal', reason: 'Synced' }));
  setting.writer.record(event('bad'));
  await settle();
  expect(setting.written).toHaveLength(25);
  expect(setting.written.slice(0, 2).map(({ body }) => body.reason)).toContain('SyncFailed');
  for (let i = 0; i < 20; i++) await setting.pass(500);
  expect(setting.written).toHaveLength(45);
});

test('when too many wait, warnings take the place of good news, and nothing grows without end', async () => {
  setting.fault = answer(500);
  setting.writer.record(event('first'));
  await settle();
  setting.fault = undefined;
  for (let i = 0; i < 3_000; i++) setting.writer.record(event(`n${i}`, { type: 'Normal', reason: 'Synced' }));
  setting.writer.record(event('bad'));
  for (let i = 0; i < 2_000; i++) await setting.pass(500);
  expect(setting.written.filter(({ body }) => body.reason === 'Synced').length).toBeLessThanOrEqual(500);
  expect(setting.written.some(({ path }) => path.includes('/bad.'))).toBe(true);
});

test('without the right to write Events one line says so, and hardly anything is asked', async () => {
  setting.fault = answer(403);
  for (let i = 0; i < 120; i++) {
    setting.writer.record(event(`n${i}`));
    await setting.pass(10_000);
  }
  expect(setting.written.length).toBeLessThanOrEqual(3);
  expect(setting.logger.lines.filter((line) => line.startsWith('warn'))).toEqual([
    'warn Events are not written: the credentials for kcp may not create and patch events',
  ]);
});

test('what the server could not take is written when it can again', async () => {
  setting.fault = answer(503);
  setting.writer.record(event('web'));
  await settle();
  setting.fault = undefined;
  await setting.pass(5_000);
  expect(setting.written).toHaveLength(2);
  await setting.pass(120_000);
  expect(setting.written).toHaveLength(2);
});

test('what the server refuses is dropped', async () => {
  setting.fault = answer(404);
  setting.writer.record(event('web'));
  await setting.pass(120_000);
  expect(setting.written).toHaveLength(1);
});

test('long names and messages are cut to what a server takes', async () => {
  const name = `${'n'.repeat(230)}.${'x'.repeat(22)}`;
  setting.writer.record(event(name, { message: 'm'.repeat(5_000) }));
  await settle();
  const last = setting.written[0]?.path.split('?')[0]?.split('/').at(-1) ?? '';
  expect(last.length).toBeLessThanOrEqual(253);
  expect(last).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
  expect(setting.written[0]?.body.message).toHaveLength(1_024);
});
