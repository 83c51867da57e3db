import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findBinaries } from './build.js';
import { lackOfGo } from './go-build.js';

const variables = ['HELM_BIN', 'PATH', 'XDG_CACHE_HOME'] as const;

describe('findBinaries', () => {
  const before = variables.map((name) => [name, process.env[name]] as const);
  let folder = '';
  let printed = '';
  const out = { write: (text: string) => (printed += text) };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'build-test-'));
    printed = '';
    process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
    delete process.env['HELM_BIN'];
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    rmSync(folder, { recursive: true });
  });

  /** Puts a `go` first on the PATH that logs its calls; `install` makes a file `helm` in GOBIN. */
  function fakeGo(install = 'echo "#!/bin/sh" > "$GOBIN/helm"; chmod +x "$GOBIN/helm"'): string {
    const calls = join(folder, 'calls');
    const script = `#!/bin/sh\necho "$@" >> ${calls}\ncase $1 in env) echo go1.26.1;; *) ${install};; esac\n`;
    writeFileSync(join(folder, 'go'), script);
    chmodSync(join(folder, 'go'), 0o755);
    process.env['PATH'] = `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
    return calls;
  }

  it('takes the binary that the variable names', async () => {
    process.env['HELM_BIN'] = process.execPath;
    expect(await findBinaries(['helm'], out)).toEqual({ helm: process.execPath });
    expect(printed).toBe('');
  });

  it('refuses a variable that names no executable', async () => {
    process.env['HELM_BIN'] = join(folder, 'nothing');
    await expect(findBinaries(['helm'], out)).rejects.toThrow(`HELM_BIN names no executable file: ${folder}/nothing`);
  });

  it('builds once for two that ask at the same time, and shows progress', async () => {
    const calls = fakeGo('sleep 0.3; echo "#!/bin/sh" > "$GOBIN/helm"; chmod +x "$GOBIN/helm"');
    const [one, other] = await Promise.all([findBinaries(['helm'], out), findBinaries(['helm'], out)]);
    expect(one).toEqual(other);
    expect(existsSync(one.helm)).toBe(true);
    expect(printed).toMatch(/\[1\/1\] building helm: started\n(.*\n)*\[1\/1\] building helm: done in/);
    expect(readFileSync(calls, 'utf8').match(/^install /gm)).toHaveLength(1);
    expect(readdirSync(join(one.helm, '..'))).toEqual(['helm']);
  });

  it('says why a build failed and leaves no binary', async () => {
    fakeGo('echo "no such module" >&2; exit 1');
    await expect(findBinaries(['helm'], out)).rejects.toThrow(/go install .* failed in .*:\nno such module/);
    expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('helm'))).toEqual([]);
  });

  it('names a missing go', async () => {
    mkdirSync(join(folder, 'bin'));
    symlinkSync('/bin/sh', join(folder, 'bin', 'sh'));
    process.env['PATH'] = join(folder, 'bin');
    await expect(findBinaries(['helm'], out)).rejects.toThrow(
      'building helm.sh/helm/v3/cmd/helm@v3.22.0 needs go ≥ 1.26; there is no go on the PATH',
    );
  });
});

describe('lackOfGo', () => {
  const says = (stdout: string, code = 0): string | undefined => lackOfGo({ code, stdout, stderr: 'no network' });

  it('wants 1.26 or later', () => {
    expect(says('go1.26.8\n')).toBeUndefined();
    expect(says('go1.27rc1\n')).toBeUndefined();
    expect(says('go2.0\n')).toBeUndefined();
    expect(says('go1.25.9\n')).toBe('this is go1.25.9');
    expect(says('', 1)).toBe('go does not say its version: no network');
  });
});
