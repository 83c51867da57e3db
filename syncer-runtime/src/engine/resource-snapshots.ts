import type { TypeController } from '../controller/type-controller.js';
import { isForbidden } from '../kube/error-class.js';
import { typeName } from '../object/types.js';
import type { ResourceSnapshot, ResourceState } from '../observe/snapshot.js';
import type { Selection } from '../select/selection.js';
import { isChosen, selectsType } from '../select/types.js';
import { countObjects } from './census.js';
import type { TypeEntry } from './type-set.js';

/** A type as the SyncTarget's status had it when this run began. */
export interface StoredResource {
  /** `deployments.apps`. */
  readonly resource: string;
  readonly version?: string;
  readonly identity?: string;
}

export interface ResourceView {
  readonly stored: readonly StoredResource[];
  readonly selection: Selection;
  /** It is known what both sides serve. */
  readonly started: boolean;
}

/** Every type that is synced, or that somebody may expect to be, with its state and counts. */
export function resourceSnapshots(
  entries: Iterable<TypeEntry>,
  { stored, selection, started }: ResourceView,
): ResourceSnapshot[] {
  const known = new Map(stored.map((resource) => [resource.resource, resource]));
  const snapshots: ResourceSnapshot[] = [];
  for (const entry of entries) {
    const name = typeName(entry.choice);
    snapshots.push(
      entry.controller ? ofController(entry, entry.controller, known.get(name)) : ofObstacle(entry, known.get(name)),
    );
    known.delete(name);
  }
  // What was synced before and is served nowhere now: its identity is kept, for a successor is not the same type.
  return [
    ...snapshots,
    ...[...known.values()].map((before) => (started ? notServed : notLookedFor)(before, selection)),
  ];
}

/** Before the first look nobody knows what is served. */
function notLookedFor(before: StoredResource, selection: Selection): ResourceSnapshot {
  const message = `${before.resource} was synced before; the syncer is finding out whether both sides serve it.`;
  return { ...notServed(before, selection), state: 'Pending', message };
}

function notServed(
  { resource: name, version = '', identity = '' }: StoredResource,
  selection: Selection,
): ResourceSnapshot {
  const [resource = name, ...groups] = name.split('.');
  const group = groups.join('.');
  // Nobody misses what is not selected any more.
  const required = selectsType(selection, { group, resource });
  const message = `${name} was synced before; the workspace or the cluster does not serve it now.`;
  return { group, resource, version, identity, state: 'NotServed', ...none, message, required };
}

const none = { synced: 0, pending: 0, failed: 0 };

/** @param before the type as it was synced once; its identity is kept, like that of `notServed`. */
function ofObstacle({ choice }: TypeEntry, before: StoredResource | undefined): ResourceSnapshot {
  const obstacle = isChosen(choice.outcome) ? { state: 'Pending' as const, message: '' } : choice.outcome;
  return {
    group: choice.group,
    resource: choice.resource,
    version: before?.version ?? '',
    identity: before?.identity ?? '',
    state: obstacle.state,
    ...none,
    message: obstacle.message,
    required: choice.named || before !== undefined,
  };
}

function ofController(
  { choice }: TypeEntry,
  controller: TypeController,
  before: StoredResource | undefined,
): ResourceSnapshot {
  const { synced, pending, failed } = countObjects(controller);
  const state = stateOf(controller, choice);
  // Nobody misses a type that nobody named and that could never be synced.
  const isMissed = choice.named || before !== undefined || controller.isListed;
  const isOutOfReach = state.state === 'NotPermitted' && !isMissed;
  return {
    group: choice.group,
    resource: choice.resource,
    version: isOutOfReach ? '' : controller.ctx.type.version,
    identity: controller.identity(),
    synced,
    pending,
    failed,
    ...state,
    required: choice.draining !== true && !isOutOfReach,
    gvk: controller.ctx.gvk,
    backlog: controller.queue.length,
  };
}

function stateOf(controller: TypeController, choice: TypeEntry['choice']): { state: ResourceState; message: string } {
  const { typeName: name, type } = controller.ctx;
  if (!controller.sides.upstream.running || !controller.sides.downstream.running) {
    const where = controller.sides.upstream.running ? 'cluster' : 'workspace';
    const message = isChosen(choice.outcome) ? `The ${where} does not serve ${name} now.` : choice.outcome.message;
    return { state: 'NotServed', message };
  }
  for (const side of ['upstream', 'downstream'] as const) {
    if (!isForbidden(controller.sides[side].trouble)) continue;
    const where = side === 'upstream' ? 'workspace' : 'cluster';
    const rule = JSON.stringify({
      apiGroups: [type.group],
      resources: [type.resource],
      verbs: ['get', 'list', 'watch'],
    });
    return {
      state: 'NotPermitted',
      message: `The credentials may not read ${name} in the ${where}; add the rule ${rule} there.`,
    };
  }
  return listedState(controller, choice);
}

function listedState(
  { isListed, ctx: { typeName: name } }: TypeController,
  { draining }: TypeEntry['choice'],
): { state: ResourceState; message: string } {
  if (draining)
    return { state: 'Draining', message: `${name} is not selected any more; what is left of it is being removed.` };
  return {
    state: isListed ? 'Synced' : 'Pending',
    message: isListed ? '' : `The first list of ${name} is not complete.`,
  };
}
