import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..');
const lines = readFileSync(join(root, 'Dockerfile'), 'utf8').split('\n');
const copied = lines.flatMap((line) => /^COPY --from=build \/src\/(\S+) (\S+)$/.exec(line)?.slice(1, 3) ?? []);

test('what the image takes from the build is what the build makes', () => {
  const sources = copied.filter((_, at) => at % 2 === 0);
  expect(sources).toHaveLength(3);
  expect(sources.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('what the image starts is in it', () => {
  const started = lines.find((line) => line.startsWith('ENTRYPOINT')) ?? '';
  expect(copied).toContain(/"(\/app\/[^"]+)"/.exec(started)?.[1]);
});

test('it runs as the account that the chart asks for', () => {
  const helpers = readFileSync(join(root, 'charts', 'kcp-syncer', 'templates', '_helpers.tpl'), 'utf8');
  const [, uid, gid] = /^USER (\d+):(\d+)$/m.exec(lines.join('\n')) ?? [];
  expect(helpers).toContain(`runAsUser: ${uid}`);
  expect(helpers).toContain(`runAsGroup: ${gid}`);
});
