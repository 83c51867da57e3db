import { annotations } from '../object/marks.js';
import type { KubeObject } from '../object/types.js';
import { crdName, type ClusterType } from './cluster-type.js';
import { growthVariable, lossVariables } from './guard-cel.js';
import { keyedLists, replacedMaps } from './keyed-lists.js';
import type { Schema } from './schema.js';

const apiVersion = 'admissionregistration.k8s.io/v1';
/** So many losses are named in a refusal. */
const shown = 8;

/** The admission policy that goes with a published type, and the binding that puts it to work. */
export interface Guard {
  readonly policy: KubeObject;
  readonly binding: KubeObject;
}

/**
 * kubectl's and Helm's patches rely on merge keys, which a CRD cannot have: kcp replaces the lists of a published type
 * whole, and what a patch leaves out is gone. The policy refuses an update by their field managers that loses entries
 * of keyed lists or fields of such entries. Server-side apply (`kubectl`, or any manager that says `force`) and
 * `kubectl replace` do what they say and pass.
 * @param schema the type's OpenAPI schema before any mend.
 * @returns undefined for a type whose patches mean the same in a workspace.
 */
export function guardOf(type: ClusterType, schema: Schema, publishedBy: string): Guard | undefined {
  const [lists, maps] = [keyedLists(schema), replacedMaps(schema)];
  if (lists.length + maps.length === 0) return undefined;
  const name = `keeps-lists.${crdName(type)}.syncer.kcp.io`;
  const metadata = { name, annotations: { [annotations.publishedBy]: publishedBy } };
  const variables = [...lossVariables(lists), growthVariable(maps)];
  return {
    policy: {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: { ...matching(type), failurePolicy: 'Fail', variables, validations },
    },
    binding: {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: name, validationActions: ['Deny'] },
    },
  };
}

function matching(type: ClusterType): object {
  const manager = 'request.options.fieldManager';
  return {
    matchConstraints: {
      matchPolicy: 'Equivalent',
      resourceRules: [
        { apiGroups: [type.group], apiVersions: [type.version], operations: ['UPDATE'], resources: [type.resource] },
      ],
    },
    matchConditions: [
      {
        name: 'patch-of-kubectl-or-helm',
        expression:
          `has(${manager}) && (${manager}.startsWith('kubectl-') && ${manager} != 'kubectl-replace' || ` +
          `${manager} == 'helm') && !has(request.options.force)`,
      },
    ],
  };
}

const allowed = `object.metadata[?'annotations'][?'${annotations.allowFieldLoss}'].orValue('') == 'true'`;
const replaced = "in a kcp workspace kubectl's and Helm's patches replace whole lists";
const instead = 'Nothing was changed. Use "kubectl apply --server-side" with the whole manifest';

const validations = [
  {
    expression: `variables.lost.size() == 0 || ${allowed}`,
    ...message('would drop', 'lost', `${replaced}. ${instead}, or "kubectl patch --type=json"`),
  },
  {
    // nobody means this, so nothing allows it
    expression: 'variables.stripped.size() == 0',
    ...message('would leave nothing but the key of', 'stripped', `${replaced}. ${instead}`),
  },
  {
    expression: `variables.grown.size() == 0 || ${allowed}`,
    ...message(
      'would add',
      'grown',
      `in a kcp workspace it is merged with what was there, not put in its place. ${instead}`,
    ),
  },
];

/** One sentence of the findings, the first few by name; servers say the plain one where the names are too long. */
function message(does: string, what: string, why: string): { message: string; messageExpression: string } {
  const list = `variables.${what}`;
  const more = `(size(${list}) > ${shown} ? ' and ' + string(size(${list}) - ${shown}) + ' more' : '')`;
  const first = `${list}.transformList(i, s, i < ${shown}, s).join(', ')`;
  return {
    message: `this update ${does} entries or fields: ${why}.`,
    messageExpression: `'this update ${does} ' + ${first} + ${more} + ${JSON.stringify(`: ${why}.`)}`,
  };
}
