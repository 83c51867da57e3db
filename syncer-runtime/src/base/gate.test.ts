import { settle } from './clock.fixture.js';
import { Gate } from './gate.js';

/** Asks for places and notes who was admitted, in order. */
class Visitors {
  readonly admitted: string[] = [];

  constructor(readonly gate: Gate) {}

  async enter(name: string, signal?: AbortSignal): Promise<() => void> {
    const leave = await this.gate.enter(signal);
    this.admitted.push(name);
    return leave;
  }
}

test('as many as the limit are in at once, and those who wait come in turn', async () => {
  const gate = new Gate(2);
  const visitors = new Visitors(gate);
  const leaveA = await visitors.enter('a');
  const leaveB = await visitors.enter('b');
  const c = visitors.enter('c');
  void visitors.enter('d');
  await settle();
  expect(visitors.admitted).toEqual(['a', 'b']);
  leaveB();
  await c;
  await settle();
  expect(visitors.admitted).toEqual(['a', 'b', 'c']);
  leaveA();
  await settle();
  expect(visitors.admitted).toEqual(['a', 'b', 'c', 'd']);
  expect(gate.inUse).toBe(2);
});

test('giving a place back twice frees one place only', async () => {
  const gate = new Gate(1);
  const visitors = new Visitors(gate);
  const leave = await visitors.enter('a');
  void visitors.enter('b');
  void visitors.enter('c');
  leave();
  leave();
  await settle();
  expect(visitors.admitted).toEqual(['a', 'b']);
});

test('who is aborted while waiting leaves the line at once and takes no place', async () => {
  const gate = new Gate(1);
  const visitors = new Visitors(gate);
  const leave = await visitors.enter('a');
  const controller = new AbortController();
  const reason = new Error('stopped');
  const b = visitors.enter('b', controller.signal);
  void visitors.enter('c');
  controller.abort(reason);
  await expect(b).rejects.toBe(reason);
  leave();
  await settle();
  expect(visitors.admitted).toEqual(['a', 'c']);
  expect(gate.inUse).toBe(1);
});

test('an aborted signal admits nobody, even when there is room', async () => {
  const gate = new Gate(1);
  await expect(gate.enter(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  expect(gate.inUse).toBe(0);
});

test('an abort after admission changes nothing', async () => {
  const gate = new Gate(1);
  const controller = new AbortController();
  const first = await gate.enter();
  const second = gate.enter(controller.signal);
  first();
  await second;
  controller.abort();
  await settle();
  expect(gate.inUse).toBe(1);
});

test('the gate is empty when all have left', async () => {
  const gate = new Gate(3);
  const leaves = await Promise.all([gate.enter(), gate.enter(), gate.enter()]);
  for (const leave of leaves) leave();
  expect(gate.inUse).toBe(0);
});
