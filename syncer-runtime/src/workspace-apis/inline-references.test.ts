import { inlineReferences } from './inline-references.js';

const ref = (name: string): { $ref: string } => ({ $ref: `#/components/schemas/${name}` });

test('a reference is replaced by what it names, at any depth', () => {
  const components = { Port: { type: 'object', properties: { name: ref('Name') } }, Name: { type: 'string' } };
  const schema = { type: 'array', items: ref('Port') };
  expect(inlineReferences(schema, components)).toEqual({
    type: 'array',
    items: { type: 'object', properties: { name: { type: 'string' } } },
  });
});

test('keywords beside a reference win over those of what it names', () => {
  const components = { Port: { type: 'object', description: 'a port', 'x-kubernetes-map-type': 'atomic' } };
  const schema = { allOf: [ref('Port')], description: 'the port of this', default: {} };
  expect(inlineReferences(schema, components)).toEqual({
    type: 'object',
    description: 'the port of this',
    default: {},
    'x-kubernetes-map-type': 'atomic',
  });
});

test('values of maps are inlined too', () => {
  const schema = { type: 'object', additionalProperties: ref('Quantity') };
  expect(inlineReferences(schema, { Quantity: { type: 'string' } })).toEqual({
    type: 'object',
    additionalProperties: { type: 'string' },
  });
});

test('the same schema may be referred to twice', () => {
  const schema = { type: 'object', properties: { a: ref('A'), b: ref('A') } };
  expect(inlineReferences(schema, { A: { type: 'string' } }).properties).toEqual({
    a: { type: 'string' },
    b: { type: 'string' },
  });
});

test('a schema that refers to itself is an error, not an endless one', () => {
  const components = { Node: { type: 'object', properties: { child: ref('Node') } } };
  expect(() => inlineReferences(ref('Node'), components)).toThrow('its schema refers to itself (Node)');
});

test('a reference to nothing is an error', () => {
  expect(() => inlineReferences(ref('Gone'), {})).toThrow(
    'its schema refers to Gone, which the document does not hold',
  );
});
