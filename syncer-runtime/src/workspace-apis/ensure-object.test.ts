import { covers, writeObject } from './ensure-object.js';
import type { KubeObject } from '../object/types.js';
import { FakeServer, Refusal } from './fake-server.fixture.js';

const { signal } = new AbortController();
const type = { group: 'admissionregistration.k8s.io', version: 'v1', resource: 'validatingadmissionpolicies' };
const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const desired: KubeObject = {
  kind: 'Policy',
  metadata: { name: 'a', annotations: { ours: '1' } },
  spec: { rules: [{ a: 1 }] },
};

test('what is missing is created, and never put over what somebody made meanwhile', async () => {
  const workspace = new FakeServer('upstream', new Map());
  expect(await writeObject(workspace, { type, desired, live: undefined, signal })).toBe('created');
  expect(workspace.writes).toEqual([{ method: 'POST', path, body: desired }]);
  expect(workspace.requests[0]?.path).toBe(`${path}?fieldManager=kcp-syncer&fieldValidation=Strict`);
});

test('what is there with all that is desired is not written', async () => {
  const workspace = new FakeServer('upstream', new Map());
  const live = { ...desired, spec: { rules: [{ a: 1, scope: '*' }], failurePolicy: 'Fail' } };
  expect(await writeObject(workspace, { type, desired, live, signal })).toBe('unchanged');
  expect(workspace.requests).toEqual([]);
});

test('an update goes on top of what was read, and keeps what others wrote on it', async () => {
  const workspace = new FakeServer('upstream', new Map());
  const metadata = { name: 'a', uid: 'u', resourceVersion: '7', annotations: { theirs: '2' }, labels: { a: 'b' } };
  const live = { kind: 'Policy', metadata, spec: { rules: [{ a: 2 }], old: true }, status: { ok: true } };
  expect(await writeObject(workspace, { type, desired, live, signal })).toBe('updated');
  expect(workspace.writes).toEqual([
    {
      method: 'PUT',
      path: `${path}/a`,
      body: {
        kind: 'Policy',
        metadata: { ...metadata, annotations: { theirs: '2', ours: '1' } },
        spec: { rules: [{ a: 1 }] },
        status: { ok: true },
      },
    },
  ]);
});

test('a lost race is an error to be tried again', async () => {
  const workspace = new FakeServer('upstream', new Map([[`POST ${path}`, new Refusal(409)]]));
  await expect(writeObject(workspace, { type, desired, live: undefined, signal })).rejects.toMatchObject({
    status: 409,
  });
});

test('of a schema everything counts, of the rest what is desired', () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } } };
  expect(covers({ openAPIV3Schema: schema, more: 1 }, { openAPIV3Schema: schema })).toBe(true);
  expect(covers({ openAPIV3Schema: { ...schema, maxProperties: 1 } }, { openAPIV3Schema: schema })).toBe(false);
  expect(covers({ list: [1, 2] }, { list: [1] })).toBe(false);
});
