import { toTimestamp, type Clock } from '../base/clock.js';
import { safeErrorText } from './safe-text.js';

export type ComponentStatus = 'Healthy' | 'Degraded' | 'Unhealthy';

/** How one component is; the form is that of `/health` (product.md 4). */
export interface ComponentHealth {
  readonly componentType: string;
  readonly componentID: string;
  readonly status: ComponentStatus;
  /** A sentence. */
  readonly message: string;
  /** RFC 3339, when it was judged. */
  readonly timestamp: string;
  readonly details?: unknown;
}

/** Something that knows how one component is. */
export interface HealthProvider {
  readonly componentType: string;
  /** Unique among the providers of one TMC. */
  readonly componentID: string;
  /** Judges now. What it throws counts as Unhealthy. */
  health(): ComponentHealth | Promise<ComponentHealth>;
}

/** The providers that were registered, each under its componentID. */
export class HealthProviders {
  private readonly byId = new Map<string, HealthProvider>();

  constructor(private readonly clock: Clock) {}

  /**
   * Adds a provider until the function that is returned is called.
   * @throws Error when one of that componentID is registered.
   */
  register(provider: HealthProvider): () => void {
    const { componentID } = provider;
    if (this.byId.has(componentID)) throw new Error(`a health provider for ${componentID} is registered already`);
    this.byId.set(componentID, provider);
    return () => {
      if (this.byId.get(componentID) === provider) this.byId.delete(componentID);
    };
  }

  /** How every component is, in the order of registration. Never rejects. */
  async all(): Promise<ComponentHealth[]> {
    return await Promise.all([...this.byId.values()].map(async (provider) => await this.ask(provider)));
  }

  private async ask(provider: HealthProvider): Promise<ComponentHealth> {
    try {
      return await provider.health();
    } catch (error) {
      const { componentType, componentID } = provider;
      const message = `its health cannot be told: ${safeErrorText(error)}`;
      return { componentType, componentID, status: 'Unhealthy', message, timestamp: toTimestamp(this.clock.now()) };
    }
  }
}
