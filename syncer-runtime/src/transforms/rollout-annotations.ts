import { withoutAnnotations } from './edit.js';
import type { Transform } from './context.js';

const keys = new Set([
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deprecated.daemonset.template.generation',
]);

/** Revisions of Deployments and DaemonSets are counted by the cluster's controllers. */
export const dropRolloutAnnotations: Transform = (object, { type }) =>
  type.group === 'apps' ? withoutAnnotations(object, (key) => keys.has(key)) : object;
