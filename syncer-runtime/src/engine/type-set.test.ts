import { FakeClock, settle } from '../base/clock.fixture.js';
import { configMaps, deployments, FakeServer, fakeType } from '../informer/fake-server.fixture.js';
import type { ResourceType } from '../object/types.js';
import type { Selection } from '../select/selection.js';
import type { TypeDefinition } from '../sync/evidence/verdict.js';
import { MemoryLogger } from '../sync/world.fixture.js';
import { FakeController } from './fake-controller.fixture.js';
import type { TypeDefinitions } from './type-definitions.js';
import { TypeSet } from './type-set.js';

const widgets = fakeType({ group: 'example.com', version: 'v1alpha1', resource: 'widgets', kind: 'Widget' });
const widgetsV1: ResourceType = { ...widgets, version: 'v1' };

class Setting {
  readonly clock = new FakeClock();
  readonly up = new FakeServer('upstream');
  readonly down = new FakeServer('downstream');
  readonly controllers: FakeController[] = [];
  readonly formers: (FakeController | undefined)[] = [];
  readonly troubles: string[] = [];
  readonly drained: string[] = [];
  readonly ending = new AbortController();
  changes = 0;
  settled = true;
  definition: TypeDefinition = { kind: 'builtIn' };
  readonly types: TypeSet;

  constructor(selection: Selection = { include: ['*'], exclude: [] }, syncedBefore: string[] = []) {
    const definitions = {
      definitionOf: () => this.definition,
    };
    Object.defineProperty(definitions, 'settled', { get: () => this.settled });
    this.types = new TypeSet({
      clients: { upstream: this.up.client(), downstream: this.down.client() },
      definitions: definitions as unknown as TypeDefinitions,
      selection,
      syncedBefore,
      onDrained: (name) => this.drained.push(name),
      clock: this.clock,
      logger: new MemoryLogger(),
      createController: (type, { former }) => {
        const controller = new FakeController(type);
        this.controllers.push(controller);
        this.formers.push(this.controllers.find(({ real }) => real === former));
        return controller.real;
      },
      onTrouble: (side) => this.troubles.push(side),
      onChange: () => {
        this.changes++;
      },
    });
  }

  serve(...types: ResourceType[]): this {
    for (const type of types) {
      this.up.serve(type);
      this.down.serve(type);
    }
    return this;
  }

  async start(): Promise<this> {
    void this.types.run(this.ending.signal);
    await settle();
    return this;
  }

  /** CRDs changed: both sides are asked again. */
  async look(): Promise<void> {
    this.types.poke();
    await this.clock.advance(200);
  }

  controller(type: ResourceType): FakeController {
    const found = this.controllers.findLast((controller) => controller.type.resource === type.resource);
    if (!found) throw new Error(`no controller of ${type.resource}`);
    return found;
  }

  outcomes(): Record<string, unknown> {
    return Object.fromEntries(
      [...this.types.values()].map(({ choice }) => [
        choice.resource,
        'upstream' in choice.outcome ? choice.outcome.upstream.version : choice.outcome.state,
      ]),
    );
  }
}

let setting: Setting;

afterEach(() => {
  setting.ending.abort();
});

describe('at the start', () => {
  test('what both sides serve gets a controller, in the order of a cold start', async () => {
    setting = await new Setting().serve(widgets, deployments, configMaps).start();
    expect(setting.controllers.map(({ name }) => name)).toEqual([
      'configmaps',
      'widgets.example.com',
      'deployments.apps',
    ]);
    expect(setting.controller(widgets).told).toEqual(['upstream builtIn', 'downstream served']);
    expect([setting.types.started, setting.changes]).toEqual([true, 1]);
  });

  test('what one side alone serves gets none', async () => {
    setting = new Setting().serve(configMaps);
    setting.up.serve(widgets);
    setting.down.serve(deployments);
    await setting.start();
    expect(setting.controllers.map(({ name }) => name)).toEqual(['configmaps']);
    expect(setting.outcomes()).toEqual({ configmaps: 'v1', widgets: 'NotServed' });
  });

  test('nothing begins before it is known what serves the types', async () => {
    setting = new Setting().serve(configMaps);
    setting.settled = false;
    await setting.start();
    expect([setting.controllers, setting.types.started]).toEqual([[], false]);
    setting.settled = true;
    await setting.look();
    expect(setting.types.started).toBe(true);
  });

  test('a server that is away is asked again, with backoff, and told', async () => {
    setting = new Setting().serve(configMaps);
    setting.down.fault = () => setting.down.unreachable();
    await setting.start();
    expect([setting.troubles, setting.controllers]).toEqual([['downstream'], []]);
    await setting.clock.advance(60_000);
    expect(setting.troubles.length).toBeLessThan(8);
    setting.down.fault = () => undefined;
    await setting.clock.advance(37_000);
    expect(setting.controllers).toHaveLength(1);
  });

  test('what is excluded gets none, and what is named is told when it cannot be synced', async () => {
    setting = new Setting({ include: ['configmaps', 'widgets.example.com'], exclude: [] }).serve(
      configMaps,
      deployments,
    );
    await setting.start();
    expect(setting.outcomes()).toEqual({ configmaps: 'v1', widgets: 'NotServed' });
  });
});

describe('a type that comes while running', () => {
  test('is synced the moment that both sides serve it, without a restart', async () => {
    setting = await new Setting().serve(configMaps).start();
    await setting.clock.advance(600_000);
    setting.up.serve(widgets);
    await setting.look();
    expect(setting.controllers).toHaveLength(1);
    setting.down.serve(widgets);
    await setting.look();
    expect(setting.controllers.map(({ name }) => name)).toEqual(['configmaps', 'widgets.example.com']);
  });

  test('is noticed within half a minute when nothing tells of it', async () => {
    setting = await new Setting().serve(configMaps).start();
    setting.serve(widgets);
    await setting.clock.advance(30_200);
    expect(setting.controllers).toHaveLength(2);
  });

  test('is not noticed more often for many changes at once', async () => {
    setting = await new Setting().serve(configMaps).start();
    await setting.clock.advance(1_000);
    const before = setting.changes;
    for (let i = 0; i < 100; i++) setting.types.poke();
    await setting.clock.advance(1_000);
    expect(setting.changes - before).toBeLessThanOrEqual(2);
  });
});

describe('a type that the workspace does not serve any more', () => {
  async function unserved(): Promise<FakeController> {
    setting = await new Setting().serve(configMaps, widgets).start();
    const controller = setting.controller(widgets);
    controller.told.length = 0;
    setting.up.unserve(widgets);
    await setting.look();
    return controller;
  }

  test('is told to its controller only after a second look', async () => {
    const controller = await unserved();
    expect(controller.told).not.toContain('upstream missing');
    await setting.clock.advance(1_200);
    expect(controller.told).toContain('upstream missing');
    expect(setting.outcomes()).toMatchObject({ widgets: 'NotServed' });
  });

  test('keeps its controller, which goes on when it is served again', async () => {
    const controller = await unserved();
    await setting.clock.advance(60_000);
    setting.up.serve(widgets);
    setting.definition = { kind: 'crd', name: 'widgets.example.com', uid: '2', deleting: false };
    await setting.look();
    expect(controller.told.at(-2)).toBe('upstream crd');
    expect(setting.controllers).toHaveLength(2);
    expect(controller.told).not.toContain('stop');
    expect(setting.outcomes()).toMatchObject({ widgets: 'v1alpha1' });
  });

  test('for less than a second was not missing', async () => {
    const controller = await unserved();
    setting.up.serve(widgets);
    await setting.clock.advance(60_000);
    expect(controller.told).not.toContain('upstream missing');
  });

  test('and that nobody followed is forgotten', async () => {
    setting = new Setting().serve(configMaps);
    setting.up.serve(widgets);
    await setting.start();
    expect(setting.outcomes()).toHaveProperty('widgets');
    setting.up.unserve(widgets);
    await setting.look();
    expect(setting.outcomes()).not.toHaveProperty('widgets');
  });
});

describe('a type that the cluster does not serve any more (S29)', () => {
  test('stops at once, and is believed gone after half a minute of complete answers', async () => {
    setting = await new Setting().serve(configMaps, widgets).start();
    const controller = setting.controller(widgets);
    setting.down.unserve(widgets);
    await setting.look();
    expect(controller.told.at(-1)).toBe('downstream missing');
    await setting.clock.advance(29_000);
    expect(controller.told).not.toContain('downstream gone');
    await setting.clock.advance(2_000);
    expect(controller.told.at(-1)).toBe('downstream gone');
    setting.down.serve(widgets);
    await setting.look();
    expect(controller.told.at(-1)).toBe('downstream served');
  });

  test('and is served again in between: the half minute begins anew', async () => {
    setting = await new Setting().serve(configMaps, widgets).start();
    const controller = setting.controller(widgets);
    for (let i = 0; i < 3; i++) {
      setting.down.unserve(widgets);
      await setting.look();
      await setting.clock.advance(20_000);
      setting.down.serve(widgets);
      await setting.look();
    }
    expect(controller.told).not.toContain('downstream gone');
  });
});

describe('answers that are not complete', () => {
  test('say nothing of what is missing in the group that did not tell', async () => {
    setting = await new Setting().serve(configMaps, widgets).start();
    const controller = setting.controller(widgets);
    for (const server of [setting.up, setting.down]) server.staleGroups.add('example.com');
    setting.up.unserve(widgets);
    setting.down.unserve(widgets);
    controller.told.length = 0;
    await setting.clock.advance(300_000);
    expect(controller.told.filter((line) => line !== 'upstream builtIn')).toEqual([]);
  });

  test('say all the same of other groups what is missing', async () => {
    setting = await new Setting().serve(configMaps, widgets).start();
    const controller = setting.controller(widgets);
    setting.down.staleGroups.add('metrics.k8s.io');
    setting.down.unserve(widgets);
    await setting.clock.advance(70_000);
    expect(controller.told).toContain('downstream gone');
  });
});

describe('a type that changes its form', () => {
  test('goes on in the version that both sides serve now, with a new controller that knows the former', async () => {
    setting = await new Setting().serve(configMaps, widgets).start();
    const former = setting.controller(widgets);
    setting.serve(widgetsV1);
    for (const server of [setting.up, setting.down]) server.unserve(widgets);
    await setting.look();
    expect(former.told.at(-1)).toBe('stop');
    const controller = setting.controller(widgets);
    expect([controller === former, controller.type.version, setting.formers.at(-1)]).toEqual([false, 'v1', former]);
    expect(controller.told).toEqual(['upstream builtIn', 'downstream served']);
    expect([...setting.types.controllers()]).toHaveLength(2);
  });

  test('gets a new controller when it gets a status', async () => {
    setting = await new Setting().serve(configMaps, widgets).start();
    setting.serve({ ...widgets, subresources: ['status'] });
    await setting.look();
    expect(setting.controllers).toHaveLength(3);
    expect(setting.controller(widgets).type.subresources).toEqual(['status']);
  });

  test('keeps its controller when nothing changes that matters', async () => {
    setting = await new Setting().serve(configMaps, widgets).start();
    setting.serve({ ...widgets, subresources: ['scale'] });
    await setting.look();
    expect(setting.controllers).toHaveLength(2);
  });
});

test('it is over with its signal', async () => {
  setting = await new Setting().serve(configMaps).start();
  setting.ending.abort();
  await settle();
  const before = setting.up.requests.length;
  await setting.clock.advance(300_000);
  expect(setting.up.requests).toHaveLength(before);
});

describe('many CRDs that change one after the other', () => {
  /** One change every 100 ms. */
  async function burst(setting: Setting, changes: number): Promise<void> {
    for (let i = 0; i < changes; i++) {
      setting.types.poke();
      await setting.clock.advance(100);
    }
  }

  test('cause one look every two seconds, and one at their end', async () => {
    const setting = await new Setting().serve(configMaps).start();
    const before = setting.changes;
    await burst(setting, 100);
    expect(setting.changes - before).toBeLessThanOrEqual(6);
    setting.serve(widgets);
    setting.types.poke();
    await setting.clock.advance(2_200);
    expect(setting.controllers.map(({ type }) => type.resource)).toContain('widgets');
  });
});

describe('a type that was synced before and is not selected any more', () => {
  const selection = { include: ['*'], exclude: ['deployments.apps'] };
  const before = ['deployments.apps', 'configmaps', 'widgets.example.com'];

  test('is drained: followed until nothing of ours is left, and then not any more', async () => {
    setting = await new Setting(selection, before).serve(configMaps, deployments).start();
    const controller = setting.controller(deployments);
    const pair = controller.add('default/web', { up: { selected: false } });
    expect([...setting.types.values()].map(({ choice }) => choice.draining)).toEqual([undefined, true]);
    setting.types.endDrains();
    pair.down = undefined;
    setting.types.endDrains();
    expect(setting.drained).toEqual([]);

    pair.up = { ...pair.up!, held: false };
    setting.types.endDrains();
    expect(setting.drained).toEqual(['deployments.apps']);
    expect(controller.told).toContain('stop');
    await setting.look();
    expect(setting.outcomes()).toEqual({ configmaps: 'v1' });
  });

  test('is drained only when both sides were listed', async () => {
    setting = await new Setting(selection, before).serve(deployments).start();
    setting.controller(deployments).ctx.store.invalidate('downstream');
    setting.types.endDrains();
    expect(setting.drained).toEqual([]);
  });
});
