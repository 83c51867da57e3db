import { dropStatusEnums } from './status-enums.js';

test('enums of the status go, enums of the spec stay', () => {
  const phase = { type: 'string', enum: ['Bound', 'Lost'] };
  const part = { type: 'object', properties: { phase, list: { type: 'array', items: phase } } };
  expect(dropStatusEnums({ type: 'object', properties: { spec: part, status: part } })).toEqual({
    type: 'object',
    properties: {
      spec: part,
      status: {
        type: 'object',
        properties: { phase: { type: 'string' }, list: { type: 'array', items: { type: 'string' } } },
      },
    },
  });
});

test('a type without status stays as it is', () => {
  const schema = { type: 'object', properties: { data: { type: 'object' } } };
  expect(dropStatusEnums(schema)).toEqual(schema);
});
