import { typeName, type KubeObject } from '../object/types.js';
import { without } from './edit.js';
import type { Transform } from './context.js';

/** The token Secrets that a ServiceAccount lists are those of its own server. */
export const dropServiceAccountSecrets: Transform = (object, { type }) =>
  typeName(type) === 'serviceaccounts' ? (without(object, (field) => field === 'secrets') as KubeObject) : object;
