import { KeyStates } from '../controller/key-states.js';
import type { TypeController } from '../controller/type-controller.js';
import { deployments } from '../informer/fake-server.fixture.js';
import type { Pair } from '../informer/pair.js';
import { downFacts, pairOf, upFacts } from '../informer/pairs.fixture.js';
import { typeName, type ResourceType } from '../object/types.js';
import type { TypeDefinition } from '../sync/evidence/verdict.js';
import { World } from '../sync/world.fixture.js';

/** What the engine sees of a controller: what it was told, and a store that a test fills. */
export class FakeController {
  readonly told: string[] = [];
  readonly world: World;
  readonly ctx: World['ctx'];
  readonly states: KeyStates;
  readonly sides: Record<'upstream' | 'downstream', { running: boolean; trouble: unknown }> = {
    upstream: { running: true, trouble: undefined },
    downstream: { running: true, trouble: undefined },
  };
  definition = '';
  startedAt: number;
  /** As many keys as wait. */
  readonly queue = { length: 0 };

  constructor(readonly type: ResourceType = deployments) {
    this.world = new World({ type });
    this.ctx = this.world.ctx;
    this.startedAt = this.world.clock.monotonic();
    this.states = new KeyStates(this.world.clock);
    this.world.see();
  }

  get isListed(): boolean {
    return this.ctx.store.isComplete('upstream') && this.ctx.store.isComplete('downstream');
  }

  identity(): string {
    return this.definition;
  }

  setUpstream(definition: TypeDefinition | undefined): void {
    this.told.push(`upstream ${definition ? definition.kind : 'missing'}`);
  }

  setDownstream(served: boolean, gone: boolean): void {
    this.told.push(`downstream ${served ? 'served' : gone ? 'gone' : 'missing'}`);
  }

  stop(): void {
    this.told.push('stop');
  }

  /** Puts a pair into the store that is in step, but for `changes`. */
  add(key: string, changes: Parameters<typeof pairOf>[0] = {}): Pair {
    const { store } = this.ctx;
    const wanted = pairOf(changes);
    store.observeUp(key, wanted.up ?? upFacts, 'list');
    const { pair } = store.observeDown(key, wanted.down ?? downFacts, 'list');
    if (!wanted.up) pair.up = undefined;
    if (!wanted.down) pair.down = undefined;
    if (wanted.wrote) pair.wrote = wanted.wrote;
    return Object.assign(pair, changes.pair);
  }

  /** As the engine takes it. */
  get real(): TypeController {
    return this as unknown as TypeController;
  }

  get name(): string {
    return typeName(this.type);
  }
}
