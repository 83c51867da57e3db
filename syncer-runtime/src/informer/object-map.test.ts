import { ObjectMap } from './object-map.js';
import type { KubeObject } from '../object/types.js';

function named(name: string, uid = `${name}-uid`): KubeObject {
  return { metadata: { name, uid } };
}

function setup(): { map: ObjectMap<string>; changes: jest.Mock; troubles: unknown[] } {
  const changes = jest.fn();
  const troubles: unknown[] = [];
  const map = new ObjectMap<string>({
    factsOf: ({ metadata }) => metadata.uid ?? '',
    onChange: changes,
    onTrouble: (error) => troubles.push(error),
  });
  return { map, changes, troubles };
}

function list(map: ObjectMap<string>, ...names: string[]): void {
  map.listStarted();
  map.page(names.map((name) => named(name)));
  map.listed();
}

test('absence means nothing before the first list is complete', () => {
  const { map, changes } = setup();
  map.listStarted();
  map.page([named('a')]);
  expect([map.complete, map.get('a')]).toEqual([false, 'a-uid']);
  expect(changes).not.toHaveBeenCalled();
  map.listed();
  expect(map.complete).toBe(true);
  expect(changes).toHaveBeenCalledTimes(1);
});

test('a list takes away what it did not bring', () => {
  const { map } = setup();
  list(map, 'a', 'b');
  list(map, 'b', 'c');
  expect([...map.names()]).toEqual(['b', 'c']);
});

test('a list that began anew counts from its beginning', () => {
  const { map } = setup();
  list(map, 'a', 'b');
  map.listStarted();
  map.page([named('a')]);
  list(map, 'b');
  expect([...map.names()]).toEqual(['b']);
});

test('a list that is not complete takes nothing away', () => {
  const { map } = setup();
  list(map, 'a', 'b');
  map.listStarted();
  map.page([named('a')]);
  map.failed(new Error('503'));
  expect([...map.names()]).toEqual(['a', 'b']);
});

test('events come and go, and each is a change', () => {
  const { map, changes } = setup();
  list(map, 'a');
  changes.mockClear();
  map.event({ type: 'ADDED', object: named('b') });
  map.event({ type: 'MODIFIED', object: named('a', 'a-uid-2') });
  map.event({ type: 'DELETED', object: named('b') });
  expect([...map.values()]).toEqual(['a-uid-2']);
  expect(changes).toHaveBeenCalledTimes(3);
});

test('trouble is remembered until it is over, and told each time', () => {
  const { map, troubles } = setup();
  const error = new Error('403');
  map.failed(error);
  map.failed(error);
  expect([map.trouble, troubles.length]).toEqual([error, 2]);
  map.recovered();
  expect(map.trouble).toBeUndefined();
  map.failed(error);
  list(map);
  expect(map.trouble).toBeUndefined();
});

test('after time travel absence means nothing until all is listed again', () => {
  const { map } = setup();
  list(map, 'a');
  map.timeTravel();
  expect([map.complete, map.get('a')]).toEqual([false, 'a-uid']);
  list(map);
  expect([map.complete, map.get('a')]).toEqual([true, undefined]);
});
