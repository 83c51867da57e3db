import type { ResourceState } from '../observe/snapshot.js';
import { typeName, type ResourceType } from '../object/types.js';
import { compareVersions } from './version-order.js';

/** One type as both sides serve it, in the version that is used. */
export interface CommonType {
  readonly upstream: ResourceType;
  readonly downstream: ResourceType;
}

/** Why a type cannot be synced. */
export interface Obstacle {
  readonly state: Extract<ResourceState, 'Pending' | 'Incompatible' | 'NotServed'>;
  /** A sentence. */
  readonly message: string;
}

/** One type's versions as each side serves them, in that side's order of preference. */
export interface Versions {
  readonly upstream: readonly ResourceType[];
  readonly downstream: readonly ResourceType[];
}

const neededUpstream = ['get', 'list', 'watch'];
const neededDownstream = ['get', 'list', 'watch', 'create', 'patch', 'delete'];

/**
 * The version in which a type is synced: the workspace's preferred one if the cluster serves it too, otherwise the
 * newest that both serve (S17).
 */
export function commonVersion({ upstream, downstream }: Versions): CommonType | Obstacle {
  const common = upstream.flatMap((up) => {
    const down = downstream.find(({ version }) => version === up.version);
    return down ? [{ upstream: up, downstream: down }] : [];
  });
  const usable = common.filter((pair) => !obstacleOf(pair));
  const preferred = usable.find((pair) => pair.upstream === upstream[0]);
  const best = preferred ?? newest(usable);
  return best ?? obstacleOf(newest(common)) ?? noCommonVersion({ upstream, downstream });
}

/** Whether a type can be followed in the workspace at all. */
export function isWatchable(type: ResourceType): boolean {
  return missing(neededUpstream, type).length === 0;
}

function newest(pairs: readonly CommonType[]): CommonType | undefined {
  return [...pairs].sort((a, b) => compareVersions(a.upstream.version, b.upstream.version))[0];
}

function obstacleOf(pair: CommonType | undefined): Obstacle | undefined {
  if (!pair) return undefined;
  const { upstream, downstream } = pair;
  const name = typeName(upstream);
  if (!downstream.namespaced) return incompatible(`The cluster serves ${name} without namespaces.`);
  if (upstream.kind !== downstream.kind) {
    return incompatible(`${name} is kind ${upstream.kind} in the workspace and ${downstream.kind} in the cluster.`);
  }
  const lacking = [
    ...missing(neededUpstream, upstream).map((verb) => `${verb} in the workspace`),
    ...missing(neededDownstream, downstream).map((verb) => `${verb} in the cluster`),
  ];
  return lacking.length === 0 ? undefined : incompatible(`${name} does not offer ${lacking.join(', ')}.`);
}

function missing(needed: readonly string[], type: ResourceType): string[] {
  return needed.filter((verb) => !type.verbs.includes(verb));
}

function noCommonVersion({ upstream, downstream }: Versions): Obstacle {
  const name = upstream[0] ? typeName(upstream[0]) : '';
  const list = (types: readonly ResourceType[]): string => types.map(({ version }) => version).join(', ');
  return incompatible(
    `The workspace serves ${name} as ${list(upstream)}, the cluster as ${list(downstream)}: no version is common.`,
  );
}

function incompatible(message: string): Obstacle {
  return { state: 'Incompatible', message };
}
