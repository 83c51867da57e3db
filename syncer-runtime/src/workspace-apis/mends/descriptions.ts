import { mapSchema, type Schema } from '../schema.js';

/** A full stop that ends a sentence: what follows begins with a capital, and it is no "e.g." or "i.e.". */
const endOfSentence = /(?<!\b(?:e\.g|i\.e|etc))\.\s+(?=[A-Z"'`(])/;

/**
 * Of each description the first sentence: enough for `kubectl explain`. Every workspace holds its own copy of each
 * type, and whole descriptions make these five times as large (2.1 MB in place of 0.4; first sentences 0.9) and cost
 * kcp about 60 MB of memory for each workspace, where first sentences cost hardly more than none (30 MB).
 */
export function shortenDescriptions(schema: Schema): Schema {
  return mapSchema(schema, (node) =>
    node.description === undefined ? node : { ...node, description: firstSentence(node.description) },
  );
}

function firstSentence(description: string): string {
  const line = description.trim().split('\n', 1)[0] ?? '';
  const end = endOfSentence.exec(line);
  return end ? line.slice(0, end.index + 1) : line;
}
