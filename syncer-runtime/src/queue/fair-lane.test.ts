import { FairLane } from './fair-lane.js';

function takeAll(lane: FairLane): string[] {
  const taken: string[] = [];
  for (let key = lane.take(); key !== undefined; key = lane.take()) taken.push(key);
  return taken;
}

function laneOf(...keys: string[]): FairLane {
  const lane = new FairLane();
  for (const key of keys) lane.add(key);
  return lane;
}

test('namespaces take turns, and within one it is first come first served', () => {
  const lane = laneOf('big/1', 'big/2', 'big/3', 'small/1', 'other/1', 'other/2');
  expect(takeAll(lane)).toEqual(['big/1', 'small/1', 'other/1', 'big/2', 'other/2', 'big/3']);
});

test('a key of a quiet namespace waits for one key of each other at most, however many wait there (S39)', () => {
  const lane = laneOf(...Array.from({ length: 10_000 }, (_, i) => `big/${String(i)}`));
  lane.take();
  lane.add('small/1');
  expect([lane.take(), lane.take()]).toEqual(['big/1', 'small/1']);
});

test('a namespace that keeps adding does not get more than its turn', () => {
  const lane = laneOf('busy/1', 'calm/1', 'calm/2');
  const taken = [lane.take()];
  lane.add('busy/2');
  taken.push(lane.take());
  lane.add('busy/3');
  taken.push(lane.take(), lane.take(), lane.take());
  expect(taken).toEqual(['busy/1', 'calm/1', 'busy/2', 'calm/2', 'busy/3']);
});

test('a key that is added twice waits once, at its first place', () => {
  const lane = laneOf('a/1', 'a/2', 'a/1');
  expect(lane.size).toBe(2);
  expect(takeAll(lane)).toEqual(['a/1', 'a/2']);
});

test('what was taken out waits no more', () => {
  const lane = laneOf('a/1', 'a/2', 'b/1');
  lane.delete('a/1');
  lane.delete('a/unknown');
  lane.delete('c/unknown');
  expect([lane.has('a/1'), lane.has('a/2'), lane.size]).toEqual([false, true, 2]);
  expect(takeAll(lane)).toEqual(['a/2', 'b/1']);
  expect(lane.size).toBe(0);
});

test('an empty lane gives nothing', () => {
  const lane = laneOf('a/1');
  lane.clear();
  expect([lane.take(), lane.size, lane.has('a/1')]).toEqual([undefined, 0, false]);
});
