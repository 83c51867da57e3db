import { FakeClock } from '../base/clock.fixture.js';
import type { Logger } from '../observe/logger.js';
import { followKubeconfig } from './kubeconfig-rotation.js';

let ending: AbortController;
beforeEach(() => (ending = new AbortController()));
afterEach(() => {
  ending.abort();
});

interface World {
  /** What the file holds; an error is why it cannot be read. */
  content: string | Error;
  /** Why nothing can be used, if so. */
  refusal?: Error;
  /** Lets the file be looked at once more. */
  readonly look: () => Promise<void>;
  readonly used: string[];
  readonly logged: string[];
}

function follow(): World {
  const clock = new FakeClock();
  const [used, logged]: [string[], string[]] = [[], []];
  const look = async (): Promise<void> => {
    await clock.advance(10_000);
  };
  const world: World = { content: 'a', look, used, logged };
  const logger = {
    log: (_: number, message: string) => logged.push(message),
    warn: (message: string, { why }: { why: string }) => logged.push(`${message}: ${why}`),
  } as unknown as Logger;
  const deps = {
    read: async () => {
      await Promise.resolve();
      if (world.content instanceof Error) throw world.content;
      return world.content;
    },
    use: async (side: string, text: string) => {
      await Promise.resolve();
      if (world.refusal) throw world.refusal;
      used.push(`${side} ${text}`);
    },
    clock,
    logger,
  };
  const file = { side: 'upstream', flag: '--kcp-kubeconfig', path: '/config', text: 'a' } as const;
  void followKubeconfig(file, deps, ending.signal);
  return world;
}

const unusable = 'a renewed kubeconfig cannot be used, the former one stays in use';

test('a file that stays as it is is not handed on', async () => {
  const world = follow();
  await world.look();
  await world.look();
  expect([world.used, world.logged]).toEqual([[], []]);
});

test('what a file holds is handed on once when it changed, and said', async () => {
  const world = follow();
  world.content = 'b';
  await world.look();
  await world.look();
  expect(world.used).toEqual(['upstream b']);
  expect(world.logged).toEqual(['the kubeconfig was renewed']);
});

test('each thing that is wrong with it is told once, and it is taken when it is right again', async () => {
  const world = follow();
  world.content = new Error('no such file');
  await world.look();
  await world.look();
  world.content = new Error('is not valid YAML');
  await world.look();
  expect([world.used, world.logged]).toEqual([[], [`${unusable}: no such file`, `${unusable}: is not valid YAML`]]);
  world.content = 'b';
  await world.look();
  expect(world.used).toEqual(['upstream b']);
});

test('one that cannot be used is tried again', async () => {
  const world = follow();
  world.content = 'b';
  world.refusal = new Error('another server');
  await world.look();
  expect([world.used, world.logged]).toEqual([[], [`${unusable}: another server`]]);
  delete world.refusal;
  await world.look();
  expect(world.used).toEqual(['upstream b']);
});

test('nothing is looked at once it is over', async () => {
  const world = follow();
  world.content = 'b';
  ending.abort();
  await world.look();
  expect(world.used).toEqual([]);
});
