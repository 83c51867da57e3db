import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

jest.setTimeout(60_000);

const root = join(__dirname, '..', '..', '..');
const launcher = join(root, 'syncer-runtime', 'bin', 'workload-syncer.js');
const canary = 'c4n4ry-t0k3n';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'bundle-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  args: readonly string[],
  command = process.execPath,
  script: readonly string[] = [launcher],
): ChildProcess {
  return spawn(command, [...script, ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: root });
}

async function end(child: ChildProcess): Promise<Result> {
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout!),
    text(child.stderr!),
  ]);
  return { code, stdout, stderr };
}

async function run(...args: string[]): Promise<Result> {
  return await end(start(args));
}

/** A kubeconfig of a server at this port, with a token that must not be seen anywhere. */
function kubeconfig(port: number): string {
  const path = join(folder, `${port}.kubeconfig`);
  const content = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: `https://127.0.0.1:${port}` } }],
    users: [{ name: 'u', user: { token: canary } }],
  };
  writeFileSync(path, JSON.stringify(content));
  return path;
}

function flags(port: number, ...more: string[]): string[] {
  return [
    '--sync-target-name=my-cluster',
    '--sync-target-uid=8f3c',
    '--workspace-cluster=root:a',
    `--kcp-kubeconfig=${kubeconfig(port)}`,
    `--cluster-kubeconfig=${kubeconfig(port)}`,
    '--metrics-port=0',
    '--health-port=0',
    ...more,
  ];
}

test('the version is the package', async () => {
  expect(await run('--version')).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
});

test('npx finds the command', async () => {
  const npx = start(['--no-install', 'workload-syncer', '--version'], 'npx', []);
  expect(await end(npx)).toMatchObject({ code: 0, stdout: '0.1.0\n' });
});

test('the help is help', async () => {
  expect(await run('--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Usage: workload-syncer') as unknown,
    stderr: '',
  });
});

test.each<[string[], string]>([
  [
    ['--sync-target-name=a', '--kcp-kubeconfig=b'],
    'error: missing required flags --sync-target-uid, --workspace-cluster, --cluster-kubeconfig; see workload-syncer --help\n',
  ],
  [['--sync-targe-name=a'], "error: unknown option '--sync-targe-name=a' (Did you mean --sync-target-name?)\n"],
  [
    ['publish-apis', '--print'],
    'error: missing required flags --workspace-cluster, --kcp-kubeconfig, --cluster-kubeconfig; see workload-syncer --help\n',
  ],
])('%j is wrong use: one line and exit code 2', async (args, stderr) => {
  expect(await run(...args)).toEqual({ code: 2, stdout: '', stderr });
});

test('a kubeconfig that is not there is wrong use', async () => {
  const args = flags(1, '--kcp-kubeconfig=~/no/such/file');
  expect(await run(...args)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: --kcp-kubeconfig \/.*\/no\/such\/file: no such file\n$/) as unknown,
  });
});

test('without a bundle the launcher says what to do', async () => {
  const bin = join(folder, 'unbuilt', 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(folder, 'unbuilt', 'package.json'), '{"type":"module"}');
  cpSync(launcher, join(bin, 'workload-syncer.js'));
  chmodSync(join(bin, 'workload-syncer.js'), 0o755);
  expect(await end(start([], join(bin, 'workload-syncer.js'), []))).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: workload-syncer is not built: run npm run build first\n',
  });
});

describe('with a server that accepts and never answers', () => {
  let deaf: Server;
  let port: number;
  beforeAll(async () => {
    deaf = createServer();
    deaf.listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    ({ port } = deaf.address() as { port: number });
  });
  afterAll(() => {
    deaf.close();
  });

  /** Waits until the syncer has begun: its first line is out. */
  async function begun(child: ChildProcess): Promise<void> {
    await once(child.stdout!, 'readable');
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0 within ten seconds', async (signal) => {
    const child = start(flags(port));
    await begun(child);
    const asked = performance.now();
    child.kill(signal);
    expect(await end(child)).toMatchObject({ code: 0, stderr: '' });
    expect(performance.now() - asked).toBeLessThan(10_000);
  });

  test('its credentials are in no line at the highest verbosity', async () => {
    const child = start(flags(port, '--v=4', '--log-format=json'));
    await begun(child);
    child.kill('SIGTERM');
    const { stdout, stderr } = await end(child);
    expect(stdout).toContain('"message":"starting"');
    expect(stdout + stderr).not.toContain(canary);
    for (const line of stdout.trimEnd().split('\n')) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });

  test('a taken port is one line and exit code 1', async () => {
    expect(await run(...flags(port, `--health-port=${port}`))).toMatchObject({
      code: 1,
      stderr: `error: port ${port} on 127.0.0.1 is taken: choose another for the health server with --health-port, or 0 to switch it off\n`,
    });
  });
});

test('a kcp that cannot be reached is named, in one line', async () => {
  expect(await run(...flags(1))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: kcp at https:\/\/127\.0\.0\.1:1\/.*\n$/) as unknown,
  });
});
