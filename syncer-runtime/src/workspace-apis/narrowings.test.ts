import { ExactNumber } from '../object/json.js';
import { schemaNarrowings } from './narrowings.js';
import type { Schema } from './schema.js';

const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
});
const text: Schema = { type: 'string' };

test.each<[string, Schema, Schema]>([
  ['nothing changed', object({ a: text }), object({ a: text })],
  ['a new field', object({ a: text }), object({ a: text, b: text })],
  ['another description', { ...text, description: 'a' }, { ...text, description: 'b' }],
  ['a word more in an enum', { ...text, enum: ['a'] }, { ...text, enum: ['a', 'b'] }],
  ['an enum gone', { ...text, enum: ['a'] }, text],
  ['a field no longer required', object({ a: text }, { required: ['a'] }), object({ a: text })],
  ['null allowed', text, { ...text, nullable: true }],
  ['a new default', text, { ...text, default: 'a' }],
  ['a wider bound', { ...text, maxLength: 5 }, { ...text, maxLength: 6 }],
  ['a bound gone', { type: 'integer', minimum: 1 }, { type: 'integer' }],
  ['a pattern gone', { ...text, pattern: 'a' }, text],
  ['an integer that may be text', { type: 'integer' }, { 'x-kubernetes-int-or-string': true }],
  ['an integer that may be any number', { type: 'integer' }, { type: 'number' }],
  ['a field named like a keyword', object({ pattern: text }), object({ pattern: text, enum: text })],
])('%s takes all that was taken before', (_, old, next) => {
  expect(schemaNarrowings(old, next)).toEqual([]);
});

test.each<[string, { old: Schema; next: Schema; found: string }]>([
  ['a field gone', { old: object({ a: text }), next: object({}), found: '.a: would disappear' }],
  [
    'a field gone deeper',
    { old: object({ a: object({ b: text }) }), next: object({ a: object({}) }), found: '.a.b: would disappear' },
  ],
  [
    'a field now required',
    { old: object({ a: text }), next: object({ a: text }, { required: ['a'] }), found: '.: requires "a"' },
  ],
  [
    'a word gone from an enum',
    { old: { ...text, enum: ['a', 'b'] }, next: { ...text, enum: ['a'] }, found: '.: no longer takes "b"' },
  ],
  ['a new enum', { old: text, next: { ...text, enum: ['a'] }, found: '.: takes only some words' }],
  ['null no longer allowed', { old: { ...text, nullable: true }, next: text, found: '.: no longer takes null' }],
  ['another type', { old: text, next: { type: 'integer' }, found: '.: another type' }],
  [
    'a tighter bound',
    { old: { ...text, maxLength: 5 }, next: { ...text, maxLength: 4 }, found: '.: another maxLength' },
  ],
  [
    'a new bound',
    {
      old: { type: 'array', items: text },
      next: { type: 'array', items: text, minItems: 1 },
      found: '.: another minItems',
    },
  ],
  [
    'a bound that no double holds',
    {
      old: { type: 'integer', maximum: new ExactNumber('9223372036854775807') },
      next: { type: 'integer', maximum: new ExactNumber('9223372036854775806') },
      found: '.: another maximum',
    },
  ],
  ['a new pattern', { old: text, next: { ...text, pattern: 'a' }, found: '.: another pattern' }],
  [
    'another format',
    { old: { ...text, format: 'byte' }, next: { ...text, format: 'date' }, found: '.: another format' },
  ],
  ['a default gone', { old: { ...text, default: 'TCP' }, next: text, found: '.: another default' }],
  [
    'a list that becomes a keyed one',
    {
      old: { type: 'array', items: text },
      next: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
      found: '.: another x-kubernetes-list-type',
    },
  ],
  [
    'a free-form object that becomes described',
    {
      old: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      next: object({ a: text }),
      found: '.: no longer free-form',
    },
  ],
  [
    'entries of a list',
    {
      old: { type: 'array', items: text },
      next: { type: 'array', items: { type: 'integer' } },
      found: '[]: another type',
    },
  ],
  [
    'values of a map',
    {
      old: { type: 'object', additionalProperties: text },
      next: { type: 'object', additionalProperties: { ...text, enum: ['a'] } },
      found: '{}: takes only some words',
    },
  ],
  [
    'a map that becomes an object',
    { old: { type: 'object', additionalProperties: text }, next: object({}), found: '{}: would disappear' },
  ],
  ['a rule nobody here understands', { old: text, next: { ...text, 'x-new-rule': 1 }, found: '.: another x-new-rule' }],
])('%s is a narrowing', (_, { old, next, found }) => {
  expect(schemaNarrowings(old, next)).toEqual([found]);
});
