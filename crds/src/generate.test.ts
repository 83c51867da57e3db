import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

test('the generated files are those that the definitions make', async () => {
  const generator = `${__dirname}/../generate.mjs`;
  const { stderr } = await promisify(execFile)(process.execPath, [generator, '--check']);
  expect(stderr).toBe('');
});
