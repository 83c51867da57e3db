// eslint-disable-next-line no-restricted-imports, @typescript-eslint/no-require-imports -- the contract with the library is what is tested
import dotI = require('@dot-i/k8s-operator');
import { FakeClock } from '@kcp-syncer/syncer-runtime/base/clock.fixture.js';
import { serverAccess } from '@kcp-syncer/syncer-runtime/kube/access.js';
import { ApiError } from '@kcp-syncer/syncer-runtime/kube/api-error.js';
import type { KubeClient } from '@kcp-syncer/syncer-runtime/kube/client.js';
import { FaultServer, until, type Call } from '@kcp-syncer/syncer-runtime/kube/fault-server.fixture.js';
import { Gates } from '@kcp-syncer/syncer-runtime/kube/gates.js';
import { createKubeClient } from '@kcp-syncer/syncer-runtime/kube/http-client.js';
import { quietLogger } from '../fake-client.fixture.js';
import { BaseOperator, type ResourceEvent, type ResourceMeta } from './base-operator.js';

class Operator extends BaseOperator {
  readonly told: string[] = [];
  onEvent: (event: ResourceEvent) => Promise<void> = () => Promise.resolve();
  last: ResourceEvent | undefined;

  protected override async init(): Promise<void> {
    await this.watchResource('example.com', 'v1', 'things', async (event) => {
      this.told.push(`${event.type} ${event.meta.name}`);
      this.last = event;
      await this.onEvent(event);
    });
  }

  async finalize(event: ResourceEvent, action: () => Promise<void>): Promise<boolean> {
    return await this.handleResourceFinalizer(event, 'example.com/ours', action);
  }

  async status(meta: ResourceMeta, status: unknown): Promise<ResourceMeta> {
    return await this.setResourceStatus(meta, status);
  }

  async merge(meta: ResourceMeta, status: unknown): Promise<ResourceMeta> {
    return await this.patchResourceStatus(meta, status);
  }

  uri(): string {
    return this.getCustomResourceApiUri('example.com', 'v1', 'things', 'default');
  }

  again(meta: ResourceMeta): void {
    this.lookAgain(meta, 1_000);
  }
}

let server: FaultServer;
let client: KubeClient;
let clock: FakeClock;
let operator: Operator;
let things: Record<string, object>;
let exit: jest.SpyInstance;

function thing(name: string, resourceVersion = '1', more: object = {}): object {
  return {
    apiVersion: 'example.com/v1',
    kind: 'Thing',
    metadata: { name, namespace: 'default', uid: name, resourceVersion, ...more },
  };
}

beforeEach(async () => {
  exit = jest.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('the process would have ended');
  });
  server = await FaultServer.start();
  clock = new FakeClock();
  things = { a: thing('a') };
  server.on((call) => {
    if (call.isWatch) call.open();
    else if (call.method === 'GET') call.list('10', Object.values(things));
    else call.json(200, thing('a', '2'));
  });
  const access = serverAccess(server.kubeconfig(), { clock });
  client = createKubeClient({ side: 'downstream', access, gates: new Gates(), clock, version: '0' });
  operator = new Operator({ client, clock, logger: quietLogger() });
  await operator.start();
});

afterEach(async () => {
  await operator.stop();
  await client.close();
  await server.stop();
  expect(exit).not.toHaveBeenCalled();
  exit.mockRestore();
});

const watches = (): Call[] => server.calls.filter((call) => call.isWatch);
const writes = (): Call[] => server.calls.filter((call) => call.method !== 'GET');

/** Lets time pass until `state` is true. @throws after some minutes of it. */
async function passing(state: () => boolean): Promise<void> {
  for (let steps = 0; !state(); steps++) {
    if (steps > 500) throw new Error(`waited in vain until ${state.toString()}`);
    await clock.advance(500);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

test('every method of the library that talks to a server, or leads to one, is replaced', () => {
  const kept = ['constructor', 'handleResourceFinalizer', 'resourceStatusRequest', 'errorToJson', 'init'];
  const all = Object.getOwnPropertyNames(dotI.default.prototype).filter((name) => !kept.includes(name));
  expect(all.filter((name) => !Object.hasOwn(BaseOperator.prototype, name))).toEqual([]);
});

test('objects are told once as they are, and again when they change', async () => {
  await until(() => operator.told.includes('ADDED a'));
  await until(() => watches().length === 1);
  watches()[0]?.event('MODIFIED', thing('a', '2'));
  await until(() => operator.told.includes('MODIFIED a'));
  expect(operator.told).toEqual(['ADDED a', 'MODIFIED a']);
});

test('a watch that breaks is opened again, and what was deleted meanwhile is told', async () => {
  await until(() => watches().length === 1);
  things = { b: thing('b') };
  watches()[0]?.reset();
  server.on((call) => {
    if (call.isWatch && watches().length === 2) call.status(410, 'Expired');
    else if (call.isWatch) call.open();
    else call.list('20', Object.values(things));
  });
  await passing(() => operator.told.includes('DELETED a') && operator.told.includes('ADDED b'));
  expect(operator.told).not.toContain('ADDED a ADDED a');
});

test('an error in the middle of a watch ends neither the process nor the watching', async () => {
  await until(() => watches().length === 1);
  watches()[0]?.event('ERROR', { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' });
  await passing(() => watches().length === 2);
  watches()[1]?.event('ADDED', thing('c', '11'));
  await until(() => operator.told.includes('ADDED c'));
  expect(operator.told).toEqual(['ADDED a', 'ADDED c']);
});

test('what a handler throws is tried again', async () => {
  let failures = 0;
  operator.onEvent = async () => {
    if (failures++ < 2) throw new Error('not yet');
    await Promise.resolve();
  };
  await passing(() => failures === 3);
  expect(operator.told[0]).toBe('ADDED a');
});

test('one object is never handled twice at once, another is handled beside it', async () => {
  let release = (): void => undefined;
  operator.onEvent = async ({ meta }) => {
    if (meta.name === 'a')
      await new Promise<void>((resolve) => {
        release = resolve;
      });
  };
  await until(() => watches().length === 1 && operator.told.length === 1);
  watches()[0]?.event('MODIFIED', thing('a', '2'));
  watches()[0]?.event('ADDED', thing('b', '3'));
  await until(() => operator.told.includes('ADDED b'));
  expect(operator.told).toEqual(['ADDED a', 'ADDED b']);
  release();
  await until(() => operator.told.includes('MODIFIED a'));
  release();
});

test('an object can be looked at again later without a change', async () => {
  await until(() => operator.last !== undefined);
  operator.again(operator.last!.meta);
  await passing(() => operator.told.length === 2);
  expect(operator.told).toEqual(['ADDED a', 'MODIFIED a']);
});

describe('the finalizer', () => {
  test('is added beside those of others, under the version that was seen', async () => {
    things = { a: thing('a', '7', { finalizers: ['example.com/other'] }) };
    await until(() => watches().length === 1);
    watches()[0]?.event('MODIFIED', things['a']!);
    await until(() => operator.last?.meta.resourceVersion === '7');
    expect(await operator.finalize(operator.last!, () => Promise.resolve())).toBe(true);
    expect(JSON.parse(writes()[0]!.body)).toEqual([
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'add', path: '/metadata/finalizers', value: ['example.com/other', 'example.com/ours'] },
    ]);
  });

  test('stays on while the work of the deletion fails', async () => {
    const going = thing('a', '7', { finalizers: ['example.com/ours'], deletionTimestamp: '2026-01-01T00:00:00Z' });
    await until(() => watches().length === 1);
    watches()[0]?.event('MODIFIED', going);
    await until(() => operator.last?.meta.resourceVersion === '7');
    await expect(operator.finalize(operator.last!, () => Promise.reject(new Error('not yet')))).rejects.toThrow(
      'not yet',
    );
    expect(writes()).toEqual([]);
  });

  test('that cannot be written is not said to be', async () => {
    await until(() => operator.last !== undefined);
    server.on((call) => {
      call.status(409, 'Conflict');
    });
    await expect(operator.finalize(operator.last!, () => Promise.resolve())).rejects.toThrow(ApiError);
  });
});

test('a status is written whole or merged, and a refusal is thrown', async () => {
  await until(() => operator.last !== undefined);
  const { meta } = operator.last!;
  expect(await operator.status(meta, { phase: 'x' })).toMatchObject({ name: 'a', resourceVersion: '2' });
  await operator.merge(meta, { phase: 'y' });
  expect(writes().map(({ method, path }) => [method, path.split('?')[0]])).toEqual([
    ['PATCH', '/apis/example.com/v1/namespaces/default/things/a/status'],
    ['PATCH', '/apis/example.com/v1/namespaces/default/things/a/status'],
  ]);
  server.on((call) => {
    call.status(403, 'Forbidden');
  });
  await expect(operator.status(meta, {})).rejects.toThrow(ApiError);
});

test('the address of a resource is that of our server', () => {
  expect(operator.uri()).toBe(`${server.url}/apis/example.com/v1/namespaces/default/things`);
});

test('a stop waits for the handler at work, and nothing is told after it', async () => {
  let over = false;
  operator.onEvent = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    over = true;
  };
  await until(() => operator.told.length === 1);
  await operator.stop();
  expect(over).toBe(true);
});
