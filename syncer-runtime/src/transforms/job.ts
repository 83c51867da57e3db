import { isRecord, type JsonRecord } from '../object/json.js';
import { typeName } from '../object/types.js';
import { editField, without, withoutAnnotations, withoutLabels } from './edit.js';
import type { Transform } from './context.js';

const generatedLabels = new Set([
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
]);

const isGenerated = (label: string): boolean => generatedLabels.has(label);

/**
 * The selector and the labels that a cluster generates from a Job's uid fit no other Job: the server refuses them. A
 * Job with `manualSelector` has none that are generated.
 */
export const dropGeneratedJobSelector: Transform = (object, { type }) => {
  if (typeName(type) !== 'jobs.batch') return object;
  const { spec } = object;
  if (isRecord(spec) && spec.manualSelector === true) return object;
  const unlabelled = withoutLabels(object, isGenerated);
  const untracked = withoutAnnotations(unlabelled, (key) => key === 'batch.kubernetes.io/job-tracking');
  return editField(untracked, 'spec', (all) => withoutSelector(withoutTemplateLabels(all)));
};

function withoutTemplateLabels(spec: JsonRecord): JsonRecord {
  return editField(spec, 'template', (template) =>
    editField(template, 'metadata', (metadata) =>
      editField(metadata, 'labels', (labels) => without(labels, isGenerated)),
    ),
  );
}

/** What the user selected stays, so that the server can say what it thinks of it. */
function withoutSelector(spec: JsonRecord): JsonRecord {
  const edited = editField(spec, 'selector', (selector) =>
    editField(selector, 'matchLabels', (labels) => without(labels, isGenerated)),
  );
  return selectsNothing(edited.selector) ? without(edited, (field) => field === 'selector') : edited;
}

function selectsNothing(selector: unknown): boolean {
  return (
    isRecord(selector) && Object.values(selector).every((terms) => isRecord(terms) && Object.keys(terms).length === 0)
  );
}
