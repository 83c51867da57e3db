import { setTimeout } from 'node:timers/promises';
import type { Connected } from './connected.fixture.js';
import { widgets } from './custom-types.fixture.js';
import { configMapsIn, makeNamespace, names, writeConfigMap } from './objects.fixture.js';

const retryMs = 100;

/**
 * Ten users of a workspace who write, delete and make anew without a pause, and a controller of the cluster that reports
 * for them. Whoever gets no answer, or a refusal, tries again. Each user has a ConfigMap and a Widget that stay, and a
 * ConfigMap and a Widget that come and go.
 */
export class Traffic {
  readonly users = names('user', 10);
  /** How often the deletion of an object was asked for, by its name. */
  readonly deletions = new Map<string, number>();
  /** What servers accepted and what they did not, or did not answer. */
  readonly count = { done: 0, failed: 0 };
  private readonly ending = new AbortController();
  private readonly work: Promise<unknown>;

  constructor(
    private readonly world: Connected,
    private readonly namespace: string,
  ) {
    this.work = Promise.all(
      this.users.map(async (user) => {
        await this.live(user);
      }),
    );
  }

  /** Ends when each user's last wish was granted. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.work;
  }

  private async live(user: string): Promise<void> {
    const { world, namespace } = this;
    const stays = { namespace, name: `${user}-stays` };
    const comes = { namespace, name: `${user}-comes` };
    await this.insist(async () => {
      await makeNamespace(world.up, namespace);
    });
    for (let turn = 1; !this.ending.signal.aborted; turn++) {
      await this.insist(async () => await writeConfigMap(world.up, stays, `turn ${turn}`));
      await this.insist(async () => await widgets.write(world.up, stays, turn));
      if (turn % 2 === 1) {
        await this.insist(async () => await writeConfigMap(world.up, comes, `turn ${turn}`));
        await this.insist(async () => await widgets.write(world.up, comes, turn));
      } else {
        await this.remove({ ...configMapsIn(namespace), name: comes.name });
        await this.remove({ ...widgets.in(namespace), name: comes.name });
      }
      // The copy is not there before the syncer made it.
      await this.once(async () => {
        await widgets.report(world.down, stays, `turn ${turn}`);
      });
    }
  }

  private async remove(ref: { apiVersion: string; resource: string; namespace: string; name: string }): Promise<void> {
    await this.insist(async () => {
      const asked = `${ref.resource} ${ref.name}`;
      this.deletions.set(asked, (this.deletions.get(asked) ?? 0) + 1);
      await this.world.up.delete(ref);
    });
  }

  private async insist(act: () => Promise<unknown>): Promise<void> {
    while (!(await this.once(act))) await setTimeout(retryMs);
  }

  private async once(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      this.count.done++;
      return true;
    } catch {
      this.count.failed++;
      return false;
    }
  }
}
