import { pathOf } from './admin-client.js';

describe('pathOf', () => {
  it('follows the rules of Kubernetes', () => {
    expect(pathOf({ apiVersion: 'v1', resource: 'nodes' })).toBe('/api/v1/nodes');
    expect(pathOf({ apiVersion: 'v1', resource: 'configmaps', namespace: 'a', name: 'b' })).toBe(
      '/api/v1/namespaces/a/configmaps/b',
    );
    expect(
      pathOf({ apiVersion: 'apps/v1', resource: 'deployments', namespace: 'a', name: 'b', subresource: 'status' }),
    ).toBe('/apis/apps/v1/namespaces/a/deployments/b/status');
  });
});
