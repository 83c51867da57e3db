import type { Schema } from '../schema.js';
import { structuralSchema } from './list.js';

test('metadata at the top is left to the server, metadata deeper is described', () => {
  const meta = { type: 'object', properties: { name: { type: 'string' } } };
  const template = { type: 'object', properties: { metadata: meta } };
  const schema = { type: 'object', properties: { metadata: meta, spec: template } };
  expect(structuralSchema(schema).properties).toMatchObject({
    metadata: { type: 'object' },
    spec: { properties: { metadata: { properties: { name: { type: 'string' } } } } },
  });
});

test('all mends together make a port of Kubernetes one of a CRD', () => {
  const protocol = { type: 'string', default: 'TCP', enum: ['SCTP', 'TCP', 'UDP'], description: 'Protocol. It is…' };
  const targetPort = { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
  const port = { type: 'integer', format: 'int32', default: 0 };
  const ports = {
    type: 'array',
    items: { type: 'object', default: {}, required: ['port'], properties: { port, protocol, targetPort } },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['port', 'protocol'],
    'x-kubernetes-patch-merge-key': 'port',
    'x-kubernetes-patch-strategy': 'merge',
  };
  const mended = structuralSchema({ type: 'object', properties: { spec: { type: 'object', properties: { ports } } } });
  expect(mended.properties?.['spec']?.properties?.['ports']).toEqual({
    type: 'array',
    nullable: true,
    items: {
      type: 'object',
      required: ['port'],
      properties: {
        port: { type: 'integer', format: 'int32' },
        protocol: { ...protocol, description: 'Protocol.' },
        targetPort: { 'x-kubernetes-int-or-string': true, nullable: true },
      },
    },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['port', 'protocol'],
  });
});

test('a field may be named __proto__', () => {
  const properties = JSON.parse('{"__proto__": {"type": "string"}}') as Record<string, Schema>;
  const schema = structuralSchema({ type: 'object', properties: { spec: { type: 'object', properties } } });
  expect(Object.keys(schema.properties?.['spec']?.properties ?? {})).toEqual(['__proto__']);
});
