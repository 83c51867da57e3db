import { TerminalError } from '../../base/outcome.js';
import { apiErrorOf } from '../../kube/api-error.js';
import { ConnectionError } from '../../kube/connection-error.js';
import { classifyFailure, UnknownCluster, type Failure } from './failure.js';

interface Answer {
  readonly status: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: object;
  readonly side?: 'upstream' | 'downstream';
  readonly headers?: Record<string, string>;
}

function failureOf({ status, side = 'downstream', headers = {}, ...body }: Answer): Failure {
  const text = JSON.stringify({ kind: 'Status', code: status, message: 'the server said something', ...body });
  return classifyFailure(apiErrorOf({ side, method: 'PATCH', path: '/apis/apps/v1/x', status, headers, text }));
}

const immutable = [
  { reason: 'FieldValueInvalid', field: 'spec.selector', message: 'Invalid value: {}: field is immutable' },
];
const wrongUid = [
  { reason: 'FieldValueInvalid', field: 'metadata.uid', message: 'Invalid value: "x": field is immutable' },
];
const required = [{ reason: 'FieldValueRequired', field: 'spec.image', message: 'Required value' }];
const unknownField =
  'failed to create typed patch object (ns/n; apps/v1, Kind=Deployment): .spec.foo: field not declared in schema';
const wrongType =
  'failed to create typed patch object (ns/n; apps/v1, Kind=Deployment): .spec.replicas: expected numeric';

test.each<{ what: string; answer: Answer; reason: string; kind: Failure['kind'] }>([
  {
    what: 'an immutable field',
    answer: { status: 422, reason: 'Invalid', details: { name: 'web', causes: immutable } },
    reason: 'ImmutableFieldChanged',
    kind: 'final',
  },
  {
    what: 'a wrong uid, which is an immutable field too',
    answer: { status: 422, reason: 'Invalid', details: { name: 'web', causes: wrongUid } },
    reason: 'Conflict',
    kind: 'race',
  },
  {
    what: 'a failed test of a JSON Patch',
    answer: { status: 422, reason: 'Invalid', details: {} },
    reason: 'Conflict',
    kind: 'race',
  },
  {
    what: 'an invalid object',
    answer: { status: 422, reason: 'Invalid', details: { name: 'web', causes: required } },
    reason: 'Rejected',
    kind: 'final',
  },
  {
    what: 'a field that the cluster does not know',
    answer: { status: 500, message: unknownField },
    reason: 'FieldNotInSchema',
    kind: 'final',
  },
  { what: 'a body of a wrong type', answer: { status: 500, message: wrongType }, reason: 'Rejected', kind: 'final' },
  { what: 'a body that is too large', answer: { status: 413 }, reason: 'ObjectTooLarge', kind: 'final' },
  {
    what: 'a namespace that goes',
    answer: { status: 403, reason: 'Forbidden', details: { causes: [{ reason: 'NamespaceTerminating' }] } },
    reason: 'NamespaceTerminating',
    kind: 'retry',
  },
  {
    what: 'a namespace that is gone',
    answer: { status: 404, reason: 'NotFound', details: { name: 'team', kind: 'namespaces' } },
    reason: 'NamespaceTerminating',
    kind: 'retry',
  },
  {
    what: 'a quota that is used up',
    answer: { status: 403, reason: 'Forbidden', message: 'pods "web" is forbidden: exceeded quota: q' },
    reason: 'QuotaExceeded',
    kind: 'slow',
  },
  { what: 'a missing permission', answer: { status: 403, reason: 'Forbidden' }, reason: 'NotPermitted', kind: 'slow' },
  { what: 'bad credentials', answer: { status: 401, reason: 'Unauthorized' }, reason: 'NotPermitted', kind: 'slow' },
  { what: 'another writer', answer: { status: 409, reason: 'Conflict' }, reason: 'Conflict', kind: 'race' },
  { what: 'a 404', answer: { status: 404, reason: 'NotFound' }, reason: 'SyncFailed', kind: 'retry' },
  { what: 'a 429', answer: { status: 429 }, reason: 'SyncFailed', kind: 'retry' },
  { what: 'a 500', answer: { status: 500 }, reason: 'SyncFailed', kind: 'retry' },
  { what: 'a 503', answer: { status: 503 }, reason: 'SyncFailed', kind: 'retry' },
])('$what is $reason and $kind', ({ answer, reason, kind }) => {
  expect(failureOf(answer)).toMatchObject({ reason, kind });
});

test.each([401, 403, 404, 429, 500, 503])(
  'a %i is never final: permissions, credentials and servers come back (S37)',
  (status) => {
    expect(failureOf({ status }).kind).not.toBe('final');
  },
);

test('the immutable field and the unknown field are named', () => {
  expect(failureOf({ status: 422, reason: 'Invalid', details: { name: 'web', causes: immutable } }).message).toContain(
    'spec.selector',
  );
  expect(failureOf({ status: 500, message: unknownField }).message).toContain('.spec.foo');
});

test('values of fields are not told: they may be those of Secrets (S11)', () => {
  const causes = [{ reason: 'FieldValueInvalid', field: 'data.pw', message: 'Invalid value: "hunter2": not allowed' }];
  const message = 'Secret "s" is invalid: data.pw: Invalid value: "hunter2": not allowed';
  const typed =
    'failed to create typed patch object (ns/n; v1, Kind=Secret): .stringData.pw: expected string, got Value:hunter2';
  expect(
    JSON.stringify(failureOf({ status: 422, reason: 'Invalid', message, details: { name: 's', causes } })),
  ).not.toContain('hunter2');
  expect(JSON.stringify(failureOf({ status: 500, message: typed }))).not.toContain('hunter2');
});

test('the message says which side it was', () => {
  expect(failureOf({ status: 403, side: 'upstream' }).message).toMatch(/^kcp /);
  expect(failureOf({ status: 403, side: 'downstream' }).message).toMatch(/^the cluster /);
});

test('what a server asks for is obeyed', () => {
  expect(failureOf({ status: 429, headers: { 'retry-after': '7' } }).retryAfterMs).toBe(7_000);
  expect(failureOf({ status: 409, headers: { 'retry-after': '2' } }).retryAfterMs).toBe(2_000);
  expect(failureOf({ status: 503 })).not.toHaveProperty('retryAfterMs');
});

test.each([
  ['upstream', 'KcpUnreachable'],
  ['downstream', 'ClusterUnreachable'],
] as const)('no answer of the %s side is %s, and tried again', (side, reason) => {
  const error = new ConnectionError('nothing listens there', { side, server: 'https://s', code: 'ECONNREFUSED' });
  expect(classifyFailure(error)).toMatchObject({ reason, kind: 'retry', message: error.message });
});

test('a terminal error keeps its reason and its time', () => {
  const error = new TerminalError('ConflictUnowned', 'it exists', { retryAfterMs: 30_000 });
  expect(classifyFailure(error)).toEqual({
    reason: 'ConflictUnowned',
    message: 'it exists',
    kind: 'final',
    retryAfterMs: 30_000,
  });
  expect(classifyFailure(new TerminalError('NameTooLong', 'no'))).not.toHaveProperty('retryAfterMs');
});

test('a cluster that is not known just now is looked at again soon', () => {
  expect(classifyFailure(new UnknownCluster())).toMatchObject({ reason: 'ClusterUnreachable', kind: 'race' });
});

test("what is nobody's answer is tried again", () => {
  expect(classifyFailure(new Error('a defect'))).toEqual({ reason: 'SyncFailed', message: 'a defect', kind: 'retry' });
  expect(classifyFailure('thrown')).toMatchObject({ message: 'thrown', kind: 'retry' });
});
