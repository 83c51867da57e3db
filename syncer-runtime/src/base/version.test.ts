import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from './version.js';

test('the version is that of the package', () => {
  const text = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  expect((JSON.parse(text) as { version: string }).version).toBe(version);
});
