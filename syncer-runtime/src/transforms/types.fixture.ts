import type { ResourceType } from '../object/types.js';

const verbs = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** A namespaced type as a server describes it, from `apps/v1/Deployment/deployments`. */
export function typeOf(text: string, change: Partial<ResourceType> = {}): ResourceType {
  const parts = text.split('/');
  const [resource = '', kind = '', version = '', group = ''] = parts.reverse();
  return { group, version, kind, resource, namespaced: true, verbs, subresources: ['status'], ...change };
}
