import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../harness/command.js';

jest.setTimeout(120_000);

const root = join(__dirname, '..', '..', '..');
const modules = join(root, 'node_modules');

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'tmc-example-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(command: string, args: readonly string[], cwd = folder): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, { cwd });
  expect({ command, code, stdout, stderr }).toMatchObject({ code: 0 });
  return stdout;
}

/** Unpacks what `npm pack` makes of one of our packages where node finds it; its own dependencies are linked. */
async function install(name: string): Promise<void> {
  const tarball = (await run('npm', ['pack', '--silent', `--pack-destination=${folder}`], join(root, name))).trim();
  const target = join(folder, 'node_modules', '@kcp-syncer', name);
  mkdirSync(target, { recursive: true });
  await run('tar', ['xzf', join(folder, tarball), '-C', target, '--strip-components=1']);
  const { dependencies = {} } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) if (!dependency.startsWith('@kcp-syncer/')) link(dependency);
}

function link(dependency: string): void {
  const place = join(folder, 'node_modules', dependency);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(modules, dependency), place);
}

test('the example in docs compiles against the packed package, and does what it says', async () => {
  await install('crds');
  await install('syncer-runtime');
  link('@types/node');
  cpSync(join(root, 'docs', 'tmc-example'), folder, { recursive: true });
  await run(process.execPath, [join(modules, 'typescript', 'bin', 'tsc'), '-p', folder]);
  const output = await run(process.execPath, [join(folder, 'backups.js')]);

  expect(output).toContain("type: 'ResourcePermission'");
  expect(output).toContain("objectName: 'locked'");
  expect(output).toContain('app-config true\n');
  expect(output).toContain('locked true\n');
  expect(output).toContain('backups Degraded 1 of 2 was saved\n');
  expect(output).toContain('syncer-my-cluster Unhealthy the engine has not started\n');
  for (const line of [
    'tmc_component_health{component="backups"} 0.5',
    'tmc_component_health{component="syncer-my-cluster"} 0',
    'tmc_component_errors_total{component="backups",error_type="ResourcePermission",severity="High"} 1',
    'tmc_component_operations_total{component="backups",operation="cluster-to-kcp",gvk="v1/ConfigMap",result="success"} 1',
    'tmc_component_operations_total{component="backups",operation="cluster-to-kcp",gvk="v1/ConfigMap",result="error"} 1',
    'tmc_component_operations_total{component="backups",operation="heartbeat",gvk="",result="success"} 1',
    'tmc_component_operation_duration_seconds_count{component="backups",operation="cluster-to-kcp"} 2',
  ]) {
    expect(output).toContain(`${line}\n`);
  }
});

test('the package holds neither tests nor their fixtures', () => {
  const packed = readdirSync(join(folder, 'node_modules', '@kcp-syncer', 'syncer-runtime', 'dist'), {
    recursive: true,
  });
  expect(packed.map(String).filter((path) => /\.(test|fixture)\./.test(path))).toEqual([]);
});
