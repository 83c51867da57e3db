import type { KubeObject } from '../harness/admin-client.js';
import { customResourceDefinitions, type Definition } from './custom-types.fixture.js';

export interface Gadget extends KubeObject {
  readonly spec?: { readonly size?: number; readonly colour?: string; readonly [field: string]: unknown };
  readonly status?: { readonly phase?: string; readonly message?: string; readonly observedGeneration?: number };
}

const integer = { type: 'integer', format: 'int64' };
const text = { type: 'string' };

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: { size: integer, colour: text },
      'x-kubernetes-preserve-unknown-fields': true,
    },
    status: {
      type: 'object',
      properties: {
        phase: text,
        message: text,
        observedGeneration: integer,
        conditions: {
          type: 'array',
          items: { type: 'object', properties: { type: text, status: text, observedGeneration: integer } },
        },
      },
    },
  },
};

/** A type of Gadgets. */
export interface GadgetType {
  readonly group: string;
  /** Of its CRD. */
  readonly name: string;
  readonly type: { readonly apiVersion: string; readonly resource: string };
  readonly definition: Definition;
}

/** Gadgets in a group of that first label: one that no server knows before a test installs it. */
export function gadgetsOf(label: string): GadgetType {
  const group = `${label}.example.com`;
  const names = { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' };
  const name = `gadgets.${group}`;
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: schema },
    subresources: { status: {} },
  };
  return {
    group,
    name,
    type: { apiVersion: `${group}/v1`, resource: 'gadgets' },
    definition: {
      apiVersion: customResourceDefinitions.apiVersion,
      kind: 'CustomResourceDefinition',
      metadata: { name },
      spec: { group, names, scope: 'Namespaced', versions: [version] },
    },
  };
}
