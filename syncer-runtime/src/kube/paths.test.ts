import { collectionPath, objectPath, queryString, subresourcePath } from './paths.js';

const deployments = { group: 'apps', version: 'v1', resource: 'deployments' };
const services = { group: '', version: 'v1', resource: 'services' };

test('the core group and named groups have their own roots', () => {
  expect(collectionPath(deployments)).toBe('/apis/apps/v1/deployments');
  expect(collectionPath(services, 'default', { limit: 5 })).toBe('/api/v1/namespaces/default/services?limit=5');
  expect(objectPath(services, { namespace: 'default', name: 'a' })).toBe('/api/v1/namespaces/default/services/a');
  expect(objectPath({ group: '', version: 'v1', resource: 'namespaces' }, { name: 'a' })).toBe('/api/v1/namespaces/a');
  expect(subresourcePath(deployments, { namespace: 'n', name: 'a', subresource: 'status' }, { force: true })).toBe(
    '/apis/apps/v1/namespaces/n/deployments/a/status?force=true',
  );
});

test('every segment is encoded, so that no name leads elsewhere', () => {
  expect(objectPath(services, { namespace: 'a/b', name: 'c?d#e' })).toBe('/api/v1/namespaces/a%2Fb/services/c%3Fd%23e');
});

test.each(['', '.', '..'])('a name %j is refused: it would address something else', (name) => {
  expect(() => objectPath(services, { namespace: 'default', name })).toThrow('cannot be part of a URL');
  expect(() => collectionPath(services, name)).toThrow('cannot be part of a URL');
});

test('a query leaves out what is undefined and encodes the rest', () => {
  expect(queryString({})).toBe('');
  expect(queryString({ a: undefined })).toBe('');
  expect(queryString({ labelSelector: 'a=b,c', continue: undefined, watch: true, limit: 1 })).toBe(
    '?labelSelector=a%3Db%2Cc&watch=true&limit=1',
  );
});
