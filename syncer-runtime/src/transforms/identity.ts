import { apiVersionOf } from '../object/types.js';
import type { Transform } from './context.js';

/**
 * Says which object it is: apiVersion and kind, which lists of built-in types leave out, the name, and the namespace in
 * the cluster. Of the other metadata only labels and annotations are the user's; the rest belongs to the server that
 * wrote it: uid, resourceVersion, generation, times, generateName, managedFields, finalizers, ownerReferences.
 */
export const setIdentity: Transform = (object, { type, downstreamNamespace }) => {
  const { name, labels, annotations } = object.metadata;
  return {
    ...object,
    apiVersion: apiVersionOf(type),
    kind: type.kind,
    metadata: { name, namespace: downstreamNamespace, ...(labels && { labels }), ...(annotations && { annotations }) },
  };
};
