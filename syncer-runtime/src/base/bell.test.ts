import { Bell } from './bell.js';
import { FakeClock, settle } from './clock.fixture.js';

function setup(): { clock: FakeClock; bell: Bell; controller: AbortController } {
  const clock = new FakeClock();
  return { clock, bell: new Bell(clock), controller: new AbortController() };
}

test('a wait ends when its time is over', async () => {
  const { clock, bell, controller } = setup();
  const ended = jest.fn();
  void bell.wait(1_000, controller.signal).then(ended);
  await clock.advance(999);
  expect(ended).not.toHaveBeenCalled();
  await clock.advance(1);
  expect(ended).toHaveBeenCalled();
});

test('the bell ends a wait at once', async () => {
  const { bell, controller } = setup();
  const waiting = bell.wait(1_000, controller.signal);
  bell.ring();
  await expect(waiting).resolves.toBe(true);
});

test('rung while nobody waits, however often, it ends the next wait and only that', async () => {
  const { bell, controller } = setup();
  bell.ring();
  bell.ring();
  await bell.wait(1_000, controller.signal);
  const ended = jest.fn();
  void bell.wait(1_000, controller.signal).then(ended);
  await settle();
  expect(ended).not.toHaveBeenCalled();
});

test('an abort ends a wait, and later ones do not begin', async () => {
  const { bell, controller } = setup();
  const waiting = bell.wait(1_000, controller.signal);
  controller.abort();
  await waiting;
  await expect(bell.wait(1_000, controller.signal)).resolves.toBe(false);
});

test('a time that is over rings nothing later', async () => {
  const { clock, bell, controller } = setup();
  const first = bell.wait(1_000, controller.signal);
  bell.ring();
  await first;
  const ended = jest.fn();
  void bell.wait(5_000, controller.signal).then(ended);
  await clock.advance(1_000);
  expect(ended).not.toHaveBeenCalled();
});
