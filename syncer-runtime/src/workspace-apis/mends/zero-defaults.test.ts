import { dropZeroDefaults } from './zero-defaults.js';
import { fieldOf, withField } from './mends.fixture.js';

test.each([[{}], [[]], [''], [0], [false], [null]])('the default %j goes', (value) => {
  expect(fieldOf(dropZeroDefaults(withField({ type: 'string', default: value })))).toEqual({ type: 'string' });
});

test.each([['TCP'], [1], [true], [{ a: 1 }]])('the default %j stays', (value) => {
  expect(fieldOf(dropZeroDefaults(withField({ default: value })))).toEqual({ default: value });
});
