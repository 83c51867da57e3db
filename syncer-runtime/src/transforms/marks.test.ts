import { asDownstream, asUpstream } from '../base/sides.js';
import { sentHash } from '../object/fingerprint.js';
import type { KubeObject } from '../object/types.js';
import { desiredObject } from './desired.js';
import { withMarks, type Marks } from './marks.js';
import { typeOf } from './types.fixture.js';

const marks: Marks = {
  owner: '0123456789abcdef',
  syncTarget: 'my-cluster',
  workspace: 'root:team-a',
  upstreamKey: 'default/web',
  upstreamUid: 'u1',
  generation: 3,
  applied: 'v1:abc',
  adopted: false,
  lastSync: '2026-01-01T00:00:00Z',
};
const desired = asDownstream<KubeObject>({
  metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
  spec: 1,
});

test('the marks say whose copy of what an object is, and what was applied when', () => {
  expect(withMarks(desired, marks)).toEqual({
    metadata: {
      name: 'web',
      namespace: 'default',
      labels: { app: 'web', 'syncer.kcp.io/owner': '0123456789abcdef' },
      annotations: {
        'syncer.kcp.io/sync-target': 'my-cluster',
        'syncer.kcp.io/workspace': 'root:team-a',
        'syncer.kcp.io/upstream': 'default/web',
        'syncer.kcp.io/upstream-uid': 'u1',
        'syncer.kcp.io/sync-generation': '3',
        'syncer.kcp.io/applied': 'v1:abc',
        'syncer.kcp.io/last-sync': '2026-01-01T00:00:00Z',
      },
    },
    spec: 1,
  });
});

test('a type without generations gets no mark of one', () => {
  const annotations = withMarks(desired, { ...marks, generation: undefined }).metadata.annotations;
  expect(annotations).not.toHaveProperty('syncer.kcp.io/sync-generation');
});

test('marks that a transformation has set are set again', () => {
  const forged = asDownstream<KubeObject>({
    metadata: {
      name: 'web',
      labels: { 'syncer.kcp.io/owner': 'x' },
      annotations: { 'syncer.kcp.io/applied': 'x', note: 'y' },
    },
  });
  expect(withMarks(forged, marks).metadata).toMatchObject({
    labels: { 'syncer.kcp.io/owner': marks.owner },
    annotations: { 'syncer.kcp.io/applied': 'v1:abc', note: 'y' },
  });
});

test('a copy that is synced on has the same hash: its marks do not go down with it', () => {
  const context = { type: typeOf('v1/ConfigMap/configmaps'), downstreamNamespace: 'default', transformations: [] };
  const first = desiredObject(asUpstream<KubeObject>({ metadata: { name: 'a' }, data: { a: 'b' } }), context).object;
  const { metadata, ...body } = withMarks(first, marks);
  const second = desiredObject(asUpstream<KubeObject>({ ...body, metadata }), context).object;
  expect(sentHash(second)).toBe(sentHash(first));
});
