import { configMaps, deployments, fakeType } from '../../informer/fake-server.fixture.js';
import { World } from '../world.fixture.js';
import { stepFactsOf } from './step-facts.js';

const claims = fakeType({
  resource: 'persistentvolumeclaims',
  kind: 'PersistentVolumeClaim',
  subresources: ['status'],
});

test.each([
  [deployments, { hasStatus: true, alwaysRelink: false }],
  [configMaps, { hasStatus: false, alwaysRelink: true }],
  [claims, { hasStatus: true, alwaysRelink: true }],
  [
    { ...claims, group: 'example.com' },
    { hasStatus: true, alwaysRelink: false },
  ],
])('copies of PersistentVolumeClaims and of types without status are always linked anew (S16)', (type, facts) => {
  expect(stepFactsOf(new World({ type }).ctx)).toMatchObject(facts);
});

test('whether the lists are complete is said for each side', () => {
  const world = new World();
  expect(stepFactsOf(world.ctx)).toMatchObject({ upstreamComplete: false, downstreamComplete: false });
  world.seeSide('downstream');
  expect(stepFactsOf(world.ctx)).toMatchObject({ upstreamComplete: false, downstreamComplete: true });
});
