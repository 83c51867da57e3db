import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findBinaries } from '../harness/build.js';
import { runCommand, type CommandResult } from '../harness/command.js';
import { emptyWorld, publish, type World } from './world.fixture.js';

// helm itself may have to be built first
jest.setTimeout(600_000);

const container = {
  name: 'web',
  image: '{{ .Values.image }}',
  ports: [{ containerPort: 80 }],
  env: [{ name: 'A', value: 'one' }],
};
const side = { name: 'side', image: 'busybox:1' };
const manifest = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: '{{ .Values.replicas }}',
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container, side] } },
  },
};
let world: World;
let helm: string;
let folder: string;

beforeAll(async () => {
  world = await emptyWorld();
  await publish(world, { resources: ['deployments.apps'] });
  ({ helm } = await findBinaries(['helm']));
  folder = mkdtempSync(join(tmpdir(), 'helm-'));
  const chart = join(folder, 'chart');
  mkdirSync(join(chart, 'templates'), { recursive: true });
  writeFileSync(join(chart, 'Chart.yaml'), stringify({ apiVersion: 'v2', name: 'web', version: '0.1.0' }));
  writeFileSync(join(chart, 'values.yaml'), stringify({ image: 'nginx:1', replicas: 1 }));
  // the template's number must not be in quotes
  const text = stringify(manifest, { lineWidth: 0 }).replace(/replicas: "(.*)"/, 'replicas: $1');
  writeFileSync(join(chart, 'templates', 'web.yaml'), text);
  writeFileSync(join(folder, 'kubeconfig'), world.workspace.kubeconfig(), { mode: 0o600 });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function release(...args: string[]): Promise<CommandResult> {
  const kubeconfig = `--kubeconfig=${join(folder, 'kubeconfig')}`;
  const env = { HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder, HELM_DATA_HOME: folder };
  return await runCommand(helm, [...args, kubeconfig, '--namespace=default'], { env });
}

async function deployed(): Promise<{ readonly replicas: number; readonly template: { readonly spec: object } }> {
  const web = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'default', name: 'web' };
  const { spec } = await world.workspace.admin.get<{
    spec: { readonly replicas: number; readonly template: { readonly spec: object } };
  }>(web);
  return spec;
}

test('helm installs, changes what is no list, and is refused where its patch would lose containers', async () => {
  const chart = join(folder, 'chart');
  expect(await release('install', 'web', chart)).toMatchObject({ code: 0 });
  const installed = await deployed();
  expect(installed.template.spec).toMatchObject({ containers: [{ name: 'web', image: 'nginx:1' }, side] });

  expect(await release('upgrade', 'web', chart, '--set=replicas=3')).toMatchObject({ code: 0 });
  expect(await deployed()).toEqual({ ...installed, replicas: 3 });

  const { code, stderr } = await release('upgrade', 'web', chart, '--set=replicas=3,image=nginx:2');
  expect(code).toBe(1);
  expect(stderr).toContain('would drop containers["web"].env, containers["web"].ports, containers["side"]:');
  expect(stderr).toContain('kubectl apply --server-side');
  expect(await deployed()).toEqual({ ...installed, replicas: 3 });

  expect(await release('upgrade', 'web', chart, '--set=replicas=3,image=nginx:2', '--force')).toMatchObject({
    code: 0,
  });
  expect((await deployed()).template.spec).toMatchObject({ containers: [{ name: 'web', image: 'nginx:2' }, side] });
  expect(await release('uninstall', 'web')).toMatchObject({ code: 0 });
});
