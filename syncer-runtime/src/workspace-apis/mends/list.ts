import type { Schema } from '../schema.js';
import { shortenDescriptions } from './descriptions.js';
import { keepFreeForm } from './free-form.js';
import { mendIntOrString } from './int-or-string.js';
import { keepKnownKeywords } from './known-keywords.js';
import { requireMapKeys } from './map-keys.js';
import { leaveMetadataToServer } from './metadata.js';
import { allowNulls } from './nulls.js';
import { mendQuantity } from './quantity.js';
import { dropStatusEnums } from './status-enums.js';
import { dropZeroDefaults } from './zero-defaults.js';

/** Makes a schema of Kubernetes' OpenAPI, without references, one that a CRD may have. In this order. */
const mends: readonly ((schema: Schema) => Schema)[] = [
  // what holds anything is not emptied; reads the alternatives that the next two replace
  keepFreeForm,
  // integer or string: by the CRD's keyword for it
  mendIntOrString,
  // quantities: text or any number
  mendQuantity,
  // keywords that servers refuse
  keepKnownKeywords,
  // defaults that are Go's zero values
  dropZeroDefaults,
  // keys of lists are required where no default is left
  requireMapKeys,
  // null means absent, as in Kubernetes; looks at what is required and at defaults, so it comes after both
  allowNulls,
  // the cluster's words in status are not censored
  dropStatusEnums,
  // one sentence of description a field
  shortenDescriptions,
  // metadata at the top is the server's
  leaveMetadataToServer,
];

/** The structural schema of a type, from its OpenAPI schema without references (inline-references). */
export function structuralSchema(schema: Schema): Schema {
  return mends.reduce((mended, mend) => mend(mended), schema);
}
