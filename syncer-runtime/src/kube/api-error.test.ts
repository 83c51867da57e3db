import { apiErrorOf, apiErrorOfEvent, type ApiError } from './api-error.js';

function errorOf(status: number, body: unknown, headers: Record<string, string> = {}): ApiError {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return apiErrorOf({ side: 'upstream', method: 'PATCH', path: '/api/v1/things/a?x=y', status, headers, text });
}

function status(more: object): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', ...more };
}

test('what is not a JSON Status is never quoted', () => {
  for (const body of ['404 page not found', '<html>canary</html>', '{"message":"canary"}', '[1]', '{"kind":"Sta', '']) {
    const error = errorOf(404, body);
    expect(error).toMatchObject({ isStatus: false, reason: '', details: { name: '', causes: [] } });
    expect(error.message).toBe('PATCH /api/v1/things/a was answered with 404 and without a Kubernetes status');
  }
});

test('a Status is quoted up to 256 characters, without values', () => {
  expect(errorOf(500, status({ message: 'x'.repeat(1_000) })).message).toHaveLength(256);
  const error = errorOf(
    422,
    status({
      message: 'a.b: Invalid value: "canary"',
      details: { causes: [{ reason: 'FieldValueInvalid', field: 'a.b', message: 'Invalid value: "canary"' }] },
    }),
  );
  expect(error.message).toBe('a.b');
  expect(JSON.stringify(error)).not.toContain('canary');
  expect(error.details.causes).toEqual([{ reason: 'FieldValueInvalid', field: 'a.b', message: '' }]);
});

test('details of any shape do no harm', () => {
  for (const details of [
    null,
    'text',
    [],
    { causes: 'x' },
    { causes: [null, 1, {}] },
    { name: { a: 1 }, retryAfterSeconds: 'soon' },
  ]) {
    expect(errorOf(409, status({ message: 7, reason: [], details })).details.name).toBe('');
  }
  expect(
    errorOf(422, status({ details: { causes: Array.from({ length: 1_000 }, () => ({})) } })).details.causes,
  ).toHaveLength(32);
});

test('Retry-After is read from the header, else from the details, and never for long', () => {
  expect(errorOf(429, 'wait', { 'retry-after': '3' }).retryAfterMs).toBe(3_000);
  expect(errorOf(429, status({ details: { retryAfterSeconds: 2 } })).retryAfterMs).toBe(2_000);
  expect(errorOf(429, '', { 'retry-after': '99999999' }).retryAfterMs).toBe(120_000);
  expect(errorOf(429, '', { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }).retryAfterMs).toBeUndefined();
  expect(errorOf(429, '').retryAfterMs).toBeUndefined();
});

test('an ERROR event is the error of its Status', () => {
  const watch = { side: 'downstream' as const, path: '/w?watch=true' };
  expect(apiErrorOfEvent(watch, status({ code: 410, reason: 'Expired', message: 'too old' }))).toMatchObject({
    status: 410,
    reason: 'Expired',
    message: 'too old',
    path: '/w',
    isStatus: true,
  });
  expect(apiErrorOfEvent(watch, 'nonsense')).toMatchObject({ status: 500, isStatus: false });
});
