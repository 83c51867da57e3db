import { connectionRules, type ConnectionFields } from './connection-rules.js';
import {
  selectorRules,
  transformationRules,
  type SelectorFields,
  type TransformationFields,
} from './transformation-rules.js';

/** A SyncerDeployment's spec as the schema leaves it, as far as its rules read it. */
interface Fields extends ConnectionFields {
  readonly namespaceMapping?: {
    readonly strategy?: string;
    readonly prefix?: string;
    readonly map?: Readonly<Record<string, string>>;
    readonly template?: {
      readonly labels?: Readonly<Record<string, string>>;
      readonly annotations?: Readonly<Record<string, string>>;
    };
  };
  readonly objectSelector?: SelectorFields;
  readonly transformations?: readonly TransformationFields[];
}

const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const keyForm = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * What the CEL rules of the schema say beside it, those about a change left out: one sentence for each that is broken,
 * beginning with the field's path in the spec. A test holds them against a server.
 */
export function brokenRules(spec: Readonly<Record<string, unknown>>): string[] {
  const fields = spec as Fields;
  const { namespaceMapping: mapping = {}, objectSelector = {}, transformations = [] } = fields;
  const { labels = {}, annotations = {} } = mapping.template ?? {};
  const broken = [
    ...strategyRules(mapping),
    ...mapRules(mapping.map ?? {}),
    ...keyRules('template.labels', labels),
    ...keyRules('template.annotations', annotations),
  ];
  return [
    ...broken.map((rule) => `namespaceMapping.${rule}`),
    ...selectorRules(objectSelector).map((rule) => `objectSelector.${rule}`),
    ...transformationRules(transformations),
    ...keyForms('syncTarget.labels', fields.syncTarget?.labels ?? {}),
    ...connectionRules(fields),
  ];
}

function strategyRules({ strategy, prefix, map }: NonNullable<Fields['namespaceMapping']>): string[] {
  return [
    ...((prefix !== undefined) === (strategy === 'Prefix')
      ? []
      : ['prefix is needed for strategy Prefix, and for no other']),
    ...((map !== undefined) === (strategy === 'Map') ? [] : ['map is needed for strategy Map, and for no other']),
  ];
}

function mapRules(map: Readonly<Record<string, string>>): string[] {
  const values = Object.values(map);
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  return [
    ...(Object.keys(map).every((key) => namespaceName.test(key)) ? [] : ['map: every key is the name of a namespace']),
    ...(twice === undefined
      ? []
      : [`map: two namespaces of the workspace cannot have one name in the cluster, ${twice}`]),
  ];
}

function keyForms(field: string, map: Readonly<Record<string, string>>): string[] {
  return Object.keys(map).every((key) => key.length <= 317 && keyForm.test(key))
    ? []
    : [`${field}: every key has the form of a label's, such as example.com/team`];
}

function keyRules(field: string, map: Readonly<Record<string, string>>): string[] {
  const keys = Object.keys(map);
  return [
    ...keyForms(field, map),
    ...(keys.some((key) => key.startsWith('syncer.kcp.io/'))
      ? [`${field}: keys of syncer.kcp.io/ belong to the syncer`]
      : []),
  ];
}
