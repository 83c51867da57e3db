import { accountIn, claimsOf } from './token.js';

function token(claims: object): string {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`;
}

const sub = 'system:serviceaccount:kcp-syncers:syncer-abc';

test("a ServiceAccount's token says whose it is and how long it lives", () => {
  expect(claimsOf(token({ sub, iat: 100, exp: 700 }))).toEqual({
    namespace: 'kcp-syncers',
    name: 'syncer-abc',
    issuedMs: 100_000,
    expiresMs: 700_000,
  });
});

test.each([
  ['no token', ''],
  ['opaque text', 'abc'],
  ['no JSON', 'e30.!!!.sig'],
  ['no object', `e30.${Buffer.from('null').toString('base64url')}.sig`],
  ["a person's", token({ sub: 'jane', iat: 1, exp: 2 })],
  ['one that lives for ever', token({ sub, iat: 1 })],
  ['a path in the place of a name', token({ sub: 'system:serviceaccount:kcp-syncers:../x', iat: 1, exp: 2 })],
])('%s is none', (_, text) => {
  expect(claimsOf(text)).toBeUndefined();
});

test("a Pod's own token says which object its ServiceAccount is", () => {
  const bound = { namespace: 'n', serviceaccount: { name: 'a', uid: 'u' }, pod: { name: 'p' } };
  expect(accountIn(token({ 'kubernetes.io': bound }))).toEqual({ namespace: 'n', name: 'a', uid: 'u' });
});

test.each([
  ['no token', ''],
  ['one that is bound to nothing', token({ sub })],
  ['one without a uid', token({ 'kubernetes.io': { namespace: 'n', serviceaccount: { name: 'a' } } })],
])('%s says of no object', (_, text) => {
  expect(accountIn(text)).toBeUndefined();
});
