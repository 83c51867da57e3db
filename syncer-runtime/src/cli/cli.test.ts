import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { version } from '../base/version.js';
import { runCli, type CliDeps } from './cli.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
  const context = { name: 'c', context: { cluster: 'c', user: '' } };
  const clusters = [{ name: 'c', cluster: { server: 'https://kcp' } }];
  writeFileSync(join(folder, 'config'), JSON.stringify({ 'current-context': 'c', contexts: [context], clusters }));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = [];
  const write = (chunk: Buffer, _encoding: string, callback: () => void): void => {
    chunks.push(chunk.toString());
    callback();
  };
  return { stream: new Writable({ write }), text: () => chunks.join('') };
}

async function run(argv: readonly string[], deps: Partial<CliDeps> = {}): Promise<Record<string, unknown>> {
  const [stdout, stderr] = [collector(), collector()];
  const done = (): Promise<void> => Promise.resolve();
  const [sync, publishApis, printRbac] = [jest.fn(done), jest.fn(done), jest.fn(done)];
  const code = await runCli(argv, {
    env: {},
    stdout: stdout.stream,
    stderr: stderr.stream,
    sync,
    publishApis,
    printRbac,
    ...deps,
  });
  return {
    code,
    stdout: stdout.text(),
    stderr: stderr.text(),
    synced: sync.mock.calls,
    published: publishApis.mock.calls,
    rbac: printRbac.mock.calls,
  };
}

const ends = (): string[] => [
  '--workspace-cluster=root:team-a',
  `--kcp-kubeconfig=${join(folder, 'config')}`,
  `--cluster-kubeconfig=${join(folder, 'config')}`,
];
const all = (): string[] => ['--sync-target-name=my-cluster', '--sync-target-uid=8f3c', ...ends()];

test('a syncer that was asked to stop ends with 0 and without a word of the command', async () => {
  expect(await run(all())).toMatchObject({
    code: 0,
    stdout: '',
    stderr: '',
    synced: [[expect.objectContaining({ metricsPort: 8080 })]],
    published: [],
  });
});

test('a syncer that fails ends with 1 and one line', async () => {
  const sync = (): Promise<never> => Promise.reject(new Error('no SyncTarget "x"\nin two lines'));
  expect(await run(all(), { sync })).toMatchObject({ code: 1, stderr: 'error: no SyncTarget "x"\\nin two lines\n' });
});

test.each([
  [['--wokers=2'], "error: unknown option '--wokers=2' (Did you mean --workers?)\n"],
  [
    ['--workers=2', '--sync-target-name=a\u001b[2J'],
    expect.stringMatching(/^error: missing required flags .*\n$/) as unknown,
  ],
])('wrong use %j ends with 2 and one line', async (argv, stderr) => {
  expect(await run(argv)).toMatchObject({ code: 2, stdout: '', stderr, synced: [] });
});

test('what a user typed cannot command the terminal', async () => {
  const { stderr } = await run([...all(), '--sync-target-name=a\u001b[2J\nb']);
  expect(stderr).toBe(
    'error: --sync-target-name must be the name of a SyncTarget, such as my-cluster, not "a\\u001b[2J\\nb"\n',
  );
});

test('version and help go to standard output and end with 0', async () => {
  expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '', synced: [] });
  expect(await run(['--help'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Usage: ') as unknown,
    stderr: '',
  });
});

test('publish-apis gets the kubeconfigs as text and the chosen types', async () => {
  const options = { workspaceCluster: 'root:team-a', resources: ['services', 'jobs.batch'], print: true };
  expect(await run(['publish-apis', ...ends(), '--resources=services,jobs.batch', '--print'])).toMatchObject({
    code: 0,
    synced: [],
    published: [
      [
        expect.objectContaining({
          ...options,
          upstreamKubeconfig: expect.stringContaining('https://kcp') as unknown,
          downstreamKubeconfig: expect.stringContaining('https://kcp') as unknown,
        }),
      ],
    ],
  });
  expect(await run(['publish-apis', ...ends()])).toMatchObject({
    published: [[expect.objectContaining({ resources: undefined, print: false })]],
  });
});
