import { FakeClock, settle } from '../base/clock.fixture.js';
import { WorkQueue } from './work-queue.js';

function setup(workers = 2): {
  clock: FakeClock;
  queue: WorkQueue;
  taken: string[];
  /** One more worker waits. */
  ask: (signal?: AbortSignal) => void;
} {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, workers });
  const taken: string[] = [];
  const ask = (signal = new AbortController().signal): void => {
    void queue.next(signal).then(
      (key) => taken.push(key),
      () => undefined,
    );
  };
  return { clock, queue, taken, ask };
}

describe('a key', () => {
  test('waits once, however often it is added', async () => {
    const { queue, taken, ask } = setup();
    queue.add('ns/a');
    queue.add('ns/a');
    expect(queue.length).toBe(1);
    ask();
    ask();
    await settle();
    expect(taken).toEqual(['ns/a']);
  });

  test('is never with two workers', async () => {
    const { queue, taken, ask } = setup();
    queue.add('ns/a');
    ask();
    await settle();
    queue.add('ns/a');
    ask();
    await settle();
    expect(taken).toEqual(['ns/a']);
  });

  test('that was added while in work is worked once more, when the worker is done', async () => {
    const { queue, taken, ask } = setup();
    queue.add('ns/a');
    ask();
    await settle();
    queue.add('ns/a');
    queue.add('ns/a');
    ask();
    queue.done('ns/a');
    await settle();
    expect(taken).toEqual(['ns/a', 'ns/a']);
    queue.done('ns/a');
    expect(queue.has('ns/a')).toBe(false);
  });

  test('that was not added meanwhile is gone when the worker is done', async () => {
    const { queue, taken, ask } = setup();
    queue.add('ns/a');
    ask();
    await settle();
    expect(queue.has('ns/a')).toBe(true);
    queue.done('ns/a');
    queue.done('ns/a');
    ask();
    await settle();
    expect(taken).toEqual(['ns/a']);
    expect(queue.has('ns/a')).toBe(false);
  });

  test('goes to a worker that waited before it came', async () => {
    const { queue, taken, ask } = setup();
    ask();
    await settle();
    queue.add('ns/a');
    await settle();
    expect(taken).toEqual(['ns/a']);
  });

  test('of a namespace of its own does not wait for ten thousand others', async () => {
    const { queue, taken, ask } = setup();
    for (let i = 0; i < 10_000; i++) queue.add(`big/${String(i)}`);
    queue.add('small/1');
    ask();
    ask();
    await settle();
    expect(taken).toEqual(['big/0', 'small/1']);
  });
});

describe('a time', () => {
  test('brings the key when it is over, and counts as waiting for nobody until then', async () => {
    const { clock, queue, taken, ask } = setup();
    queue.addAfter('ns/a', 1_000);
    ask();
    expect([queue.length, queue.has('ns/a')]).toEqual([0, true]);
    await clock.advance(999);
    expect(taken).toEqual([]);
    await clock.advance(1);
    expect(taken).toEqual(['ns/a']);
  });

  test('is void when the key is added before', async () => {
    const { clock, queue, taken, ask } = setup();
    queue.addAfter('ns/a', 1_000);
    queue.add('ns/a');
    ask();
    await settle();
    queue.done('ns/a');
    ask();
    await clock.advance(10_000);
    expect(taken).toEqual(['ns/a']);
  });

  test('that is set anew replaces the former', async () => {
    const { clock, queue, taken, ask } = setup();
    queue.addAfter('ns/a', 1_000);
    queue.addAfter('ns/a', 5_000);
    ask();
    ask();
    await clock.advance(4_999);
    expect(taken).toEqual([]);
    await clock.advance(10_000);
    expect(taken).toEqual(['ns/a']);
  });

  test('that was set by the worker is void when the key became dirty meanwhile', async () => {
    const { clock, queue, taken, ask } = setup();
    queue.add('ns/a');
    ask();
    await settle();
    queue.add('ns/a');
    queue.addAfter('ns/a', 60_000);
    queue.done('ns/a');
    ask();
    await settle();
    expect(taken).toEqual(['ns/a', 'ns/a']);
    queue.done('ns/a');
    await clock.advance(120_000);
    expect(queue.has('ns/a')).toBe(false);
  });

  test('that is over while the key is in work makes it dirty', async () => {
    const { clock, queue, taken, ask } = setup();
    queue.add('ns/a');
    ask();
    await settle();
    queue.addAfter('ns/a', 10);
    await clock.advance(10);
    expect(taken).toEqual(['ns/a']);
    ask();
    queue.done('ns/a');
    await settle();
    expect(taken).toEqual(['ns/a', 'ns/a']);
  });
});

describe('retries', () => {
  test('come after what is fresh', async () => {
    const { queue, taken, ask } = setup(3);
    queue.add('ns/failing', 'retry');
    queue.add('ns/fresh');
    ask();
    ask();
    await settle();
    expect(taken).toEqual(['ns/fresh', 'ns/failing']);
  });

  test('get their share, however much is fresh', async () => {
    const { queue, taken, ask } = setup(2);
    queue.add('ns/failing', 'retry');
    for (let i = 0; i < 100; i++) queue.add(`ns/fresh-${String(i)}`);
    for (let i = 0; i < 8; i++) {
      ask();
      await settle();
      queue.done(taken.at(-1) ?? '');
    }
    expect(taken).toContain('ns/failing');
  });

  test('never take the last free worker (S39)', async () => {
    const { queue, taken, ask } = setup(2);
    queue.add('ns/failing-1', 'retry');
    queue.add('ns/failing-2', 'retry');
    ask();
    ask();
    await settle();
    expect(taken).toEqual(['ns/failing-1']);
    queue.add('ns/fresh');
    await settle();
    expect(taken).toEqual(['ns/failing-1', 'ns/fresh']);
    queue.done('ns/failing-1');
    ask();
    await settle();
    expect(taken).toEqual(['ns/failing-1', 'ns/fresh', 'ns/failing-2']);
  });

  test('may take the only worker there is', async () => {
    const { queue, taken, ask } = setup(1);
    queue.add('ns/failing', 'retry');
    ask();
    await settle();
    expect(taken).toEqual(['ns/failing']);
  });

  test('become fresh when their object changes', async () => {
    const { queue, taken, ask } = setup(2);
    queue.add('ns/failing-1', 'retry');
    queue.add('ns/failing-2', 'retry');
    queue.add('ns/failing-2');
    expect(queue.length).toBe(2);
    ask();
    ask();
    await settle();
    expect(taken).toEqual(['ns/failing-2', 'ns/failing-1']);
  });

  test('do not make a fresh key wait with them', async () => {
    const { queue, taken, ask } = setup(2);
    queue.add('ns/failing', 'retry');
    queue.add('ns/a');
    queue.add('ns/a', 'retry');
    ask();
    await settle();
    expect(taken).toEqual(['ns/a']);
  });

  test('that were made dirty by an event wait among the fresh', async () => {
    const { queue, taken, ask } = setup(1);
    queue.add('ns/a');
    ask();
    await settle();
    queue.add('ns/a', 'retry');
    queue.add('ns/a');
    queue.add('ns/a', 'retry');
    queue.add('ns/b', 'retry');
    queue.done('ns/a');
    ask();
    await settle();
    expect(taken).toEqual(['ns/a', 'ns/a']);
  });
});

describe('a worker', () => {
  test('that is aborted gets its reason, and the next key goes to another', async () => {
    const { queue, taken, ask } = setup();
    const controller = new AbortController();
    const reason = new Error('stopped');
    const aborted = queue.next(controller.signal);
    ask();
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    queue.add('ns/a');
    await settle();
    expect(taken).toEqual(['ns/a']);
  });

  test('that asks under an aborted signal gets no key', async () => {
    const { queue } = setup();
    queue.add('ns/a');
    await expect(queue.next(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    expect(queue.length).toBe(1);
  });

  test('that got its key is not disturbed by an abort', async () => {
    const { queue, taken, ask } = setup();
    const controller = new AbortController();
    ask(controller.signal);
    queue.add('ns/a');
    await settle();
    controller.abort();
    ask();
    queue.add('ns/b');
    await settle();
    expect(taken).toEqual(['ns/a', 'ns/b']);
  });
});

test('a queue that was cleared has nothing to give, now or later', async () => {
  const { clock, queue, taken, ask } = setup();
  queue.add('ns/a');
  queue.add('ns/b', 'retry');
  queue.addAfter('ns/c', 1_000);
  queue.clear();
  ask();
  await clock.advance(60_000);
  expect(taken).toEqual([]);
  expect(queue.length).toBe(0);
});
