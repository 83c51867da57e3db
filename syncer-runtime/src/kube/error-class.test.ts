import { apiErrorOf, type ApiError } from './api-error.js';
import * as is from './error-class.js';

interface Said {
  readonly reason?: string;
  readonly message?: string;
  readonly details?: object;
}

function errorOf(status: number, said?: Said): ApiError {
  const text = said ? JSON.stringify({ kind: 'Status', apiVersion: 'v1', ...said }) : '404 page not found';
  return apiErrorOf({ side: 'upstream', method: 'GET', path: '/p', status, headers: {}, text });
}

describe('an object is believed missing', () => {
  const object = { group: 'apps', resource: 'deployments', name: 'a' };
  const details = { name: 'a', group: 'apps', kind: 'deployments' };

  test('when a Status names it and its type', () => {
    expect(is.isObjectNotFound(errorOf(404, { reason: 'NotFound', details }), object)).toBe(true);
  });

  test.each([
    ['a text 404', errorOf(404)],
    ['another object', errorOf(404, { reason: 'NotFound', details: { ...details, name: 'b' } })],
    ['another type', errorOf(404, { reason: 'NotFound', details: { ...details, kind: 'services' } })],
    ['another group', errorOf(404, { reason: 'NotFound', details: { ...details, group: '' } })],
    [
      'a missing workspace',
      errorOf(404, { reason: 'NotFound', details: { name: 'root:a', group: 'tenancy.kcp.io', kind: 'workspaces' } }),
    ],
    [
      'a type that is not served',
      errorOf(404, { reason: 'NotFound', message: 'the server could not find the requested resource', details: {} }),
    ],
    ['another reason', errorOf(404, { reason: 'Expired', details })],
    ['another status', errorOf(403, { reason: 'NotFound', details })],
    ['no answer at all', new Error('reset')],
  ])('never by %s', (_, error) => {
    expect(is.isObjectNotFound(error, object)).toBe(false);
  });
});

test('a missing namespace and a terminating one are told from other 404s and 403s', () => {
  expect(is.isNamespaceMissing(errorOf(404, { reason: 'NotFound', details: { name: 'n', kind: 'namespaces' } }))).toBe(
    true,
  );
  expect(is.isNamespaceMissing(errorOf(404))).toBe(false);
  expect(is.isNamespaceTerminating(errorOf(403, { details: { causes: [{ reason: 'NamespaceTerminating' }] } }))).toBe(
    true,
  );
  expect(is.isNamespaceTerminating(errorOf(403, { reason: 'Forbidden' }))).toBe(false);
});

test.each([
  [
    'an apply with a uid on a missing object',
    errorOf(409, {
      message:
        'Operation cannot be fulfilled on things "a": uid mismatch: the provided object specified uid 1, and no existing object was found',
    }),
  ],
  [
    'a delete with another uid',
    errorOf(409, {
      message:
        'Operation cannot be fulfilled on Thing "a": the UID in the precondition (1) does not match the UID in record (2). The object might have been deleted and then recreated',
    }),
  ],
  [
    'a delete that lost a race',
    errorOf(409, { message: 'Precondition failed: UID in precondition: 1, UID in object meta: 2' }),
  ],
  [
    'an apply with another uid',
    errorOf(422, {
      reason: 'Invalid',
      details: { name: 'a', causes: [{ field: 'metadata.uid', message: 'Invalid value: "1": field is immutable' }] },
    }),
  ],
  [
    'a failed JSON Patch test',
    errorOf(422, {
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
      details: {},
    }),
  ],
])('%s is a uid mismatch, and no invalid object', (_, error) => {
  expect(is.isUidMismatch(error)).toBe(true);
  expect(is.isInvalid(error)).toBe(false);
  expect(is.immutableField(error)).toBeUndefined();
});

test('other conflicts and refusals are no uid mismatch', () => {
  expect(is.isUidMismatch(errorOf(409, { message: 'the object has been modified' }))).toBe(false);
  expect(is.isUidMismatch(errorOf(422, { reason: 'Invalid', details: { name: 'a', kind: 'Thing' } }))).toBe(false);
  expect(is.isInvalid(errorOf(422, { reason: 'Invalid', details: { name: 'a', kind: 'Thing' } }))).toBe(true);
  expect(is.isFailedPatchTest(errorOf(422))).toBe(false);
});

test.each([
  ['field is immutable', 'spec.template'],
  ['may not change once set', 'spec.clusterIPs[0]'],
  ['spec is immutable after creation except resources.requests', 'spec'],
  ["updates to statefulset spec for fields other than 'replicas' are forbidden", 'spec'],
  ['field is immutable when `immutable` is set', 'data'],
])('"%s" names the immutable field', (message, field) => {
  const causes = [
    { field: 'other', message: 'Required value' },
    { field, message: `Invalid value: "canary": ${message}` },
  ];
  expect(is.immutableField(errorOf(422, { reason: 'Invalid', details: { name: 'a', causes } }))).toBe(field);
});

test('a field that the schema does not know is named, also behind a long name', () => {
  const where = `(${'n'.repeat(63)}/${'a'.repeat(253)}; apps/v1, Kind=Deployment)`;
  const unknown = errorOf(500, {
    message: `failed to create typed patch object ${where}: .spec.foo: field not declared in schema`,
  });
  expect(is.fieldNotInSchema(unknown)).toBe('.spec.foo');
  expect(is.isSchemaMismatch(unknown)).toBe(true);
  const twice = errorOf(500, {
    message: `failed to create typed patch object ${where}: .spec.env: duplicate entries for key [name="a"]`,
  });
  expect(is.fieldNotInSchema(twice)).toBeUndefined();
  expect(is.isSchemaMismatch(twice)).toBe(true);
  expect(
    is.isSchemaMismatch(
      errorOf(500, {
        message: 'failed to convert new object (/a; /v1, Kind=Secret) to proper version: illegal base64',
      }),
    ),
  ).toBe(true);
  expect(is.isSchemaMismatch(errorOf(500, { message: 'etcdserver: leader changed' }))).toBe(false);
});

test('the other classes go by status, reason and details', () => {
  expect(is.isExpired(errorOf(410))).toBe(true);
  expect(is.isTooManyRequests(errorOf(429))).toBe(true);
  expect(is.isUnauthorized(errorOf(401))).toBe(true);
  expect(is.isForbidden(errorOf(403))).toBe(true);
  expect(is.isConflict(errorOf(409))).toBe(true);
  expect(
    is.isQuotaExceeded(errorOf(403, { message: 'pods "a" is forbidden: exceeded quota: q, requested: pods=1' })),
  ).toBe(true);
  expect(is.isQuotaExceeded(errorOf(403))).toBe(false);
  expect(is.isStorageInitializing(errorOf(429, { message: 'storage is (re)initializing' }))).toBe(true);
  expect(is.isStorageInitializing(errorOf(429))).toBe(false);
  expect(
    is.isResourceVersionTooLarge(errorOf(504, { details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } })),
  ).toBe(true);
  expect(is.isResourceVersionTooLarge(errorOf(504))).toBe(false);
  for (const classify of Object.values(is)) {
    const answer = (classify as (error: unknown, object: object) => unknown)(new Error('reset'), {});
    expect(answer === false || answer === undefined).toBe(true);
  }
});
