import { lastAppliedAnnotation } from '../object/fingerprint.js';
import { withoutAnnotations } from './edit.js';
import type { Transform } from './context.js';

/** kubectl's copy of the whole object would be taken for the cluster's own, and may hold what other steps leave out. */
export const dropLastApplied: Transform = (object) =>
  withoutAnnotations(object, (key) => key === lastAppliedAnnotation);
