import { isRecord } from '../object/json.js';
import { editField, without } from './edit.js';
import type { Transform } from './context.js';

/** Labels or annotations of which nothing is left are left out, as a server does. */
export const dropEmptyMetadata: Transform = (object) =>
  editField(object, 'metadata', (metadata) =>
    without(metadata, (field) => isRecord(metadata[field]) && Object.keys(metadata[field]).length === 0),
  );
