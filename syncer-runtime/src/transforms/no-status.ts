import type { KubeObject } from '../object/types.js';
import { without } from './edit.js';
import type { Transform } from './context.js';

/** Status comes up from the cluster, never down. */
export const dropStatus: Transform = (object) => without(object, (field) => field === 'status') as KubeObject;
