import { asDownstream } from '../base/sides.js';
import type { KubeObject } from '../object/types.js';
import { bodyOf, checkSize, identityIntact } from './limits.js';

const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b' } };

test('an object of 1.5 MiB is written, one byte more is refused', () => {
  const empty = JSON.stringify({ ...object, data: { a: '' } }).length;
  const sized = (bytes: number) => (): string =>
    bodyOf(asDownstream({ ...object, data: { a: `é${'x'.repeat(bytes - empty - 2)}` } }));
  expect(Buffer.byteLength(sized(1_572_864)())).toBe(1_572_864);
  expect(sized(1_572_865)).toThrow(expect.objectContaining({ reason: 'ObjectTooLarge' }) as Error);
});

test.each([
  ['apiVersion', { apiVersion: 'v2' }, {}],
  ['kind', { kind: 'Secret' }, {}],
  ['name', {}, { name: 'x' }],
  ['namespace', {}, { namespace: 'kube-system' }],
])('a transformation that changes %s is found out', (_, change, metadata) => {
  const after = { ...object, ...change, metadata: { ...object.metadata, ...metadata } };
  expect(identityIntact(object, after)).toBe(false);
});

test('a transformation may change all else', () => {
  const after = { ...object, data: {}, metadata: { ...object.metadata, labels: { a: 'b' } } };
  expect(identityIntact(object, after)).toBe(true);
});

test('what is far larger as text than in memory is refused without being written down', () => {
  const twice = (value: unknown): unknown => ({ a: value, b: value });
  const doubled = Array.from({ length: 40 }).reduce<unknown>(twice, 'x');
  expect(() => {
    checkSize(doubled);
  }).toThrow(expect.objectContaining({ reason: 'ObjectTooLarge' }) as Error);
});

test('what is nested too deep is refused before the walk runs out of stack', () => {
  const deep = Array.from({ length: 100_000 }).reduce<unknown>((value) => [value], 'x');
  expect(() => {
    checkSize(deep);
  }).toThrow(expect.objectContaining({ reason: 'ObjectTooDeep' }) as Error);
});
