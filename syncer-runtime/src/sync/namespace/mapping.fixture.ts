import { createMapping } from './mapping.js';

export const identityMapping = createMapping({ strategy: 'Identity' });
