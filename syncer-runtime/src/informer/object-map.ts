import type { KubeObject } from '../object/types.js';
import type { ReflectorSink } from './reflector-sink.js';

export interface ObjectMapOptions<Facts> {
  readonly factsOf: (object: KubeObject) => Facts;
  /** The objects changed in some way. */
  readonly onChange: () => void;
  readonly onTrouble: (error: unknown) => void;
}

/** Facts of the objects of one cluster-scoped type by name, kept up to date by a reflector. */
export class ObjectMap<Facts> implements ReflectorSink {
  private readonly facts = new Map<string, Facts>();
  private unseen = new Set<string>();
  private listedOnce = false;
  /** What failed last, until it works again. */
  trouble: unknown;

  constructor(private readonly options: ObjectMapOptions<Facts>) {}

  /** Whether absence means anything: the type was listed to the end once. */
  get complete(): boolean {
    return this.listedOnce;
  }

  get(name: string): Facts | undefined {
    return this.facts.get(name);
  }

  values(): IterableIterator<Facts> {
    return this.facts.values();
  }

  names(): IterableIterator<string> {
    return this.facts.keys();
  }

  listStarted(): void {
    this.unseen = new Set(this.facts.keys());
  }

  page(items: readonly KubeObject[]): void {
    for (const item of items) {
      this.unseen.delete(item.metadata.name);
      this.facts.set(item.metadata.name, this.options.factsOf(item));
    }
  }

  listed(): void {
    for (const name of this.unseen) this.facts.delete(name);
    this.listedOnce = true;
    this.trouble = undefined;
    this.options.onChange();
  }

  event({ type, object }: { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubeObject }): void {
    if (type === 'DELETED') this.facts.delete(object.metadata.name);
    else this.facts.set(object.metadata.name, this.options.factsOf(object));
    this.options.onChange();
  }

  failed(error: unknown): void {
    this.trouble = error;
    this.options.onTrouble(error);
  }

  recovered(): void {
    this.trouble = undefined;
  }

  timeTravel(): void {
    this.listedOnce = false;
  }
}
