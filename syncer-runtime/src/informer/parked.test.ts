import { FakeClock, settle } from '../base/clock.fixture.js';
import { ParkedPayloads, slotOf, type ParkedPayload } from './parked.js';

function payload(rv: string, bytes = 10): ParkedPayload {
  return { side: 'upstream', rv, bytes, object: { metadata: { name: 'web' } } };
}

test('a payload is taken out once, when it is the version that is wanted', () => {
  const parked = new ParkedPayloads();
  parked.park('a', payload('1'));
  expect(parked.take('a', '1')?.rv).toBe('1');
  expect(parked.take('a', '1')).toBeUndefined();
});

test('another version than the one that is wanted is dropped', () => {
  const parked = new ParkedPayloads();
  parked.park('a', payload('1'));
  expect(parked.take('a', '2')).toBeUndefined();
  expect(parked.bytes).toBe(0);
});

test('the newest payload of a slot is kept, and only it counts', () => {
  const parked = new ParkedPayloads();
  parked.park('a', payload('1', 10));
  parked.park('a', payload('2', 30));
  expect([parked.bytes, parked.take('a', '2')?.rv]).toEqual([30, '2']);
});

test('the oldest go when the bound is reached', () => {
  const parked = new ParkedPayloads(100);
  for (const slot of ['a', 'b', 'c', 'd']) parked.park(slot, payload('1', 30));
  expect([parked.bytes, parked.take('a', '1'), parked.take('b', '1')?.rv]).toEqual([90, undefined, '1']);
});

test('a slot that is parked anew is not the oldest any more', () => {
  const parked = new ParkedPayloads(100);
  for (const slot of ['a', 'b', 'c', 'a', 'd']) parked.park(slot, payload('1', 30));
  expect([parked.take('b', '1'), parked.take('a', '1')?.rv]).toEqual([undefined, '1']);
});

test('a payload over the bound is not kept, and pushes nothing out', () => {
  const parked = new ParkedPayloads(100);
  parked.park('a', payload('1', 50));
  parked.park('b', payload('1', 101));
  expect([parked.bytes, parked.take('a', '1')?.rv]).toEqual([50, '1']);
});

test('a payload over the bound makes the older one of its slot void all the same', () => {
  const parked = new ParkedPayloads(100);
  parked.park('a', payload('1', 50));
  parked.park('a', payload('2', 101));
  expect(parked.take('a', '1')).toBeUndefined();
});

test('dropping what is not there changes nothing', () => {
  const parked = new ParkedPayloads(100);
  parked.park('a', payload('1', 50));
  parked.drop('b');
  expect(parked.bytes).toBe(50);
});

test('the slots of types, sides and keys are apart', () => {
  const slots = [
    slotOf('services', 'upstream', 'a/b'),
    slotOf('services', 'downstream', 'a/b'),
    slotOf('configmaps', 'upstream', 'a/b'),
    slotOf('services', 'upstream', 'a/c'),
  ];
  expect(new Set(slots).size).toBe(4);
});

describe('room', () => {
  function full(): { parked: ParkedPayloads; clock: FakeClock; gone: jest.Mock } {
    const parked = new ParkedPayloads(100);
    const clock = new FakeClock();
    const gone = jest.fn();
    parked.park('a', payload('1', 40));
    parked.park('b', payload('1', 40));
    void parked.room(clock).then(gone);
    return { parked, clock, gone };
  }

  test('is there at once while less than half of the bound is in use', async () => {
    const parked = new ParkedPayloads(100);
    parked.park('a', payload('1', 49));
    await expect(parked.room(new FakeClock())).resolves.toBeUndefined();
  });

  test('is not taken away by copies', async () => {
    const parked = new ParkedPayloads(100);
    parked.park('a', { ...payload('1', 90), side: 'downstream' });
    await expect(parked.room(new FakeClock())).resolves.toBeUndefined();
  });

  test('comes when enough was taken', async () => {
    const { parked, gone } = full();
    await settle();
    expect(gone).not.toHaveBeenCalled();
    parked.take('a', '1');
    await settle();
    expect(gone).toHaveBeenCalledTimes(1);
  });

  test('is not waited for longer than a minute: nobody may ever take what is parked', async () => {
    const { clock, gone } = full();
    await clock.advance(59_999);
    expect(gone).not.toHaveBeenCalled();
    await clock.advance(1);
    expect(gone).toHaveBeenCalledTimes(1);
  });
});
