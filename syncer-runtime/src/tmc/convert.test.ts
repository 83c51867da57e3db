import { TerminalError } from '../base/outcome.js';
import { reasons } from '../object/reasons.js';
import { convertKubernetesError, slowRetryMs } from './convert.js';
import { errorTraits } from './error-types.js';
import type { TmcError } from './tmc-error.js';

function apiError(status: number, message = 'said the server', more: object = {}): Error {
  return Object.assign(new Error(message), { status, reason: 'SomeReason', ...more });
}

function connectionError(code: string): Error {
  return Object.assign(new Error('cannot reach https://cluster:6443'), { code, server: 'https://cluster:6443' });
}

const convert = (err: unknown): TmcError => convertKubernetesError(err, 'sync', 'apply');

test.each([
  { status: 404, type: 'ResourceNotFound', retryable: true, retryAfterMs: slowRetryMs },
  { status: 409, type: 'ResourceConflict', retryable: true, retryAfterMs: undefined },
  { status: 403, type: 'ResourcePermission', retryable: true, retryAfterMs: slowRetryMs },
  { status: 401, type: 'ClusterAuthentication', retryable: true, retryAfterMs: slowRetryMs },
  { status: 422, type: 'ResourceValidation', retryable: false, retryAfterMs: undefined },
  { status: 408, type: 'SyncTimeout', retryable: true, retryAfterMs: undefined },
  { status: 429, type: 'ClusterUnavailable', retryable: true, retryAfterMs: undefined },
  { status: 503, type: 'ClusterUnavailable', retryable: true, retryAfterMs: undefined },
  { status: 504, type: 'ClusterUnavailable', retryable: true, retryAfterMs: undefined },
  { status: 500, type: 'InternalError', retryable: true, retryAfterMs: undefined },
  { status: 418, type: 'SyncFailure', retryable: true, retryAfterMs: undefined },
])('an answer $status is $type, retryable $retryable, not before $retryAfterMs ms', ({ status, ...expected }) => {
  expect(convert(apiError(status))).toMatchObject(expected);
});

test('a server that asks for a pause gets it', () => {
  expect(convert(apiError(429, 'slow down', { retryAfterMs: 7_000 })).retryAfterMs).toBe(7_000);
});

test('a field that the schema does not know is final until the object changes', () => {
  const err = apiError(500, 'failed to create typed patch object (default/web; apps/v1, Kind=Deployment): .spec.x');
  expect(convert(err)).toMatchObject({ type: 'ResourceValidation', retryable: false });
});

test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED'])(
  'a connection that fails with %s leaves the cluster unreachable, and names it',
  (code) => {
    expect(convert(connectionError(code))).toMatchObject({
      type: 'ClusterUnreachable',
      retryable: true,
      cluster: 'https://cluster:6443',
    });
  },
);

test.each([connectionError('UND_ERR_HEADERS_TIMEOUT'), connectionError('UND_ERR_BODY_TIMEOUT')])(
  'a wait for an answer that was given up is a timeout',
  (err) => {
    expect(convert(err)).toMatchObject({ type: 'SyncTimeout', retryable: true });
  },
);

test('a credential that its file or plugin did not give is a matter of authentication', () => {
  expect(convert(connectionError('CREDENTIALS'))).toMatchObject({ type: 'ClusterAuthentication', retryable: true });
});

test('a signal that timed out is a timeout', () => {
  expect(convert(Object.assign(new Error('late'), { name: 'TimeoutError', code: 23 })).type).toBe('SyncTimeout');
});

test('a mistake of the program is internal, also when Node gave it a code', () => {
  expect(convert(Object.assign(new TypeError('bad argument'), { code: 'ERR_INVALID_ARG_TYPE' })).type).toBe(
    'InternalError',
  );
  expect(convert(new Error('no such state')).type).toBe('InternalError');
  expect(convert(undefined)).toMatchObject({ type: 'InternalError', message: 'unknown error' });
});

test.each([
  [reasons.ConflictUnowned, 'SyncConflict'],
  [reasons.NamespaceProtected, 'PlacementPolicy'],
  [reasons.NamespaceUnowned, 'PlacementConstraint'],
  [reasons.ObjectTooLarge, 'ResourceValidation'],
  [reasons.SyncFailed, 'SyncFailure'],
])('a decision of the syncer with reason %s is %s and is not tried again by itself', (reason, type) => {
  expect(convert(new TerminalError(reason, 'decided'))).toMatchObject({ type, retryable: false });
});

test('a decision of the syncer that is looked at again says when', () => {
  const err = new TerminalError(reasons.ConflictUnowned, 'decided', { retryAfterMs: 30_000 });
  expect(convert(err)).toMatchObject({ retryable: true, retryAfterMs: 30_000, context: { reason: 'ConflictUnowned' } });
});

test("where the syncer's reason says too little, the server's answer behind it names the type", () => {
  const err = new TerminalError(reasons.SyncFailed, 'decided', { cause: apiError(403) });
  expect(convert(err).type).toBe('ResourcePermission');
});

test('the error says where it happened, how bad it is and what to do, and keeps its cause', () => {
  const cause = apiError(403, 'secrets "s" is forbidden', { details: { name: 's' } });
  expect(convert(cause)).toMatchObject({
    name: 'TmcError',
    component: 'sync',
    operation: 'apply',
    message: 'secrets "s" is forbidden',
    severity: 'High',
    recoveryHint: errorTraits.ResourcePermission.recoveryHint,
    objectName: 's',
    context: { status: '403', reason: 'SomeReason' },
    cause,
  });
});

test('contents that a server quotes do not get into the message', () => {
  const err = apiError(422, 'Secret "s" is invalid: data: Invalid value: "canary"');
  expect(convert(err).message).toBe('Secret "s" is invalid: data');
});

test('an error of the taxonomy stays as it is', () => {
  const err = convert(apiError(409));
  expect(convertKubernetesError(err, 'other', 'other')).toBe(err);
});
