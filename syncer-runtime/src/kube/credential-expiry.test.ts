import { selfSigned } from './certificate.fixture.js';
import { expiryOf } from './credential-expiry.js';

const tls = { rejectUnauthorized: true };

function bearer(payload: unknown): { Authorization: string } {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return { Authorization: `Bearer ${part({ alg: 'RS256' })}.${part(payload)}.signature` };
}

test('a token of a ServiceAccount says when it expires', () => {
  expect(expiryOf({ headers: bearer({ exp: 1_800_000_000 }), tls })).toBe(1_800_000_000_000);
});

test.each([
  ['a token without an end', bearer({ sub: 'a' })],
  ['a token that is no JWT', { Authorization: 'Bearer abc' }],
  ['a token that only looks like one', { Authorization: 'Bearer a.%%.c' }],
  ['a JWT of null', bearer(null)],
  ['a password', { Authorization: 'Basic YTpi' }],
  ['nothing', {}],
])('%s does not say', (_, headers) => {
  expect(expiryOf({ headers, tls })).toBeUndefined();
});

test('a client certificate says when it ends, and the earlier of both counts', () => {
  const { cert } = selfSigned();
  const end = Date.parse('2049-12-31T23:59:59Z');
  expect(expiryOf({ headers: {}, tls: { ...tls, cert } })).toBe(end);
  expect(expiryOf({ headers: bearer({ exp: 1_800_000_000 }), tls: { ...tls, cert } })).toBe(1_800_000_000_000);
  expect(expiryOf({ headers: bearer({ exp: 4_000_000_000 }), tls: { ...tls, cert } })).toBe(end);
});
