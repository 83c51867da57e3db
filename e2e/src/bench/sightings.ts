import { Agent, request } from 'undici';
import { pathOf } from '../harness/admin-client.js';
import type { Collection, KubeObject } from '../harness/admin-client.js';
import { eventually } from '../harness/eventually.js';
import type { Credentials } from '../harness/kubeconfig.js';

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** What of an event is waited for, for example name and content; undefined when it does not matter. */
export type TagOf<T> = (object: T, type: EventType) => string | undefined;

/** When each state of the objects of a collection could first be read, by a watch of our own. */
export class Sightings {
  private readonly at = new Map<string, number>();
  private readonly ending = new AbortController();
  private failure: unknown;

  private constructor(private readonly agent: Agent) {}

  /** Returns when the watch is open. */
  static async open<T extends KubeObject>(
    { server, ca, token }: Credentials,
    collection: Collection,
    tagOf: TagOf<T>,
  ): Promise<Sightings> {
    const sightings = new Sightings(new Agent({ connect: { ca }, bodyTimeout: 0 }));
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const { dispatcher, signal } = { dispatcher: sightings.agent, signal: sightings.ending.signal };
    const url = `${server}${pathOf(collection)}`;
    const list = await request(`${url}?limit=1`, { dispatcher, headers });
    const { metadata } = (await list.body.json()) as { metadata: { resourceVersion: string } };
    const query = `watch=true&resourceVersion=${metadata.resourceVersion}&timeoutSeconds=7200`;
    const watch = await request(`${url}?${query}`, { dispatcher, headers, signal });
    void sightings.read(watch.body, tagOf as TagOf<KubeObject>).catch((error: unknown) => {
      if (!signal.aborted) sightings.failure = error;
    });
    return sightings;
  }

  /** When the tag was seen first, in ms of `performance.now`. */
  when(tag: string): number {
    return this.at.get(tag) ?? NaN;
  }

  /** Waits until all were seen. */
  async seen(tags: Iterable<string>, timeoutMs = 60_000): Promise<void> {
    const missing = new Set(tags);
    await eventually(
      'all changes were seen',
      () => {
        if (this.failure !== undefined) throw this.failure as Error;
        for (const tag of missing) if (this.at.has(tag)) missing.delete(tag);
        if (missing.size > 0)
          throw new Error(`${missing.size} are missing, such as ${[...missing].slice(0, 3).join()}`);
        return true;
      },
      { timeoutMs },
    );
  }

  async close(): Promise<void> {
    this.ending.abort();
    await this.agent.destroy();
  }

  private async read(body: AsyncIterable<Buffer>, tagOf: TagOf<KubeObject>): Promise<void> {
    let begun = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const now = performance.now();
      const lines = (begun + decoder.decode(chunk, { stream: true })).split('\n');
      begun = lines.pop() ?? '';
      for (const line of lines) {
        const { type, object } = JSON.parse(line) as { type: EventType; object: KubeObject };
        const tag = tagOf(object, type);
        if (tag !== undefined && !this.at.has(tag)) this.at.set(tag, now);
      }
    }
    throw new Error('the watch has ended');
  }
}
