import { fieldOf, withField } from './mends.fixture.js';
import { requireMapKeys } from './map-keys.js';

test('keys of a list become required, but for those with a default', () => {
  const ports = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['port', 'protocol'],
    items: {
      type: 'object',
      required: ['name'],
      properties: { name: {}, port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' } },
    },
  };
  expect(fieldOf(requireMapKeys(withField(ports)))?.items?.required).toEqual(['name', 'port']);
});

test('a list without keys stays as it is', () => {
  const field = { type: 'array', items: { type: 'object', properties: { name: {} } } };
  expect(fieldOf(requireMapKeys(withField(field)))).toEqual(field);
});
