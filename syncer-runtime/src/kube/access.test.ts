import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { FakeClock } from '../base/clock.fixture.js';
import { serverAccess, type ServerAccess } from './access.js';
import { selfSigned } from './certificate.fixture.js';

let folder: string;
const clock = new FakeClock();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'access-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

interface Parts {
  readonly cluster?: Record<string, unknown>;
  readonly user?: Record<string, unknown>;
}

function accessOf({ cluster = {}, user = {} }: Parts, anonymous = false): ServerAccess {
  const text = stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster: { server: 'https://127.0.0.1:6443/', ...cluster } }],
    users: [{ name: 'u', user }],
  });
  return serverAccess(text, { clock, anonymous });
}

/** A credential plugin that writes a line to `runs` each time it is run. */
function plugin(script: string): Record<string, unknown> {
  const runs = file('runs', '');
  const code = `require('node:fs').appendFileSync(${JSON.stringify(runs)}, 'run\\n'); ${script}`;
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: ['-e', code] } };
}

function runs(): number {
  return readFileSync(join(folder, 'runs'), 'utf8').split('\n').length - 1;
}

const answerToken = `console.log(JSON.stringify({ status: { token: 'abc' } }))`;

test('a token, a certificate authority and a server name come from the kubeconfig', async () => {
  const { cert } = selfSigned();
  const access = accessOf({
    cluster: { 'certificate-authority-data': Buffer.from(cert).toString('base64'), 'tls-server-name': 'inner' },
    user: { token: 'abc' },
  });
  const { headers, tls } = await access.current();
  expect(access.server).toBe('https://127.0.0.1:6443');
  expect(headers).toEqual({ Authorization: 'Bearer abc' });
  expect(tls).toEqual({ ca: Buffer.from(cert), servername: 'inner', rejectUnauthorized: true });
});

test('a certificate authority counts also when the context has no user', async () => {
  const { cert } = selfSigned();
  const { tls } = await accessOf({ cluster: { 'certificate-authority': file('ca', cert) } }).current();
  expect(tls.ca?.toString()).toBe(cert);
});

test('name and password become basic authentication', async () => {
  const { headers } = await accessOf({ user: { username: 'a', password: 'b' } }).current();
  expect(headers).toEqual({ Authorization: `Basic ${Buffer.from('a:b').toString('base64')}` });
});

test('an anonymous access has neither token nor certificate', async () => {
  const { cert, key } = selfSigned();
  const user = { token: 'abc', 'client-certificate': file('c', cert), 'client-key': file('k', key) };
  expect(await accessOf({ user }, true).current()).toEqual({ headers: {}, tls: { rejectUnauthorized: true } });
});

test('a token file goes before a token, is trimmed, and is read again when it is older than ten seconds', async () => {
  const tokenFile = file('token', 'one\n');
  const access = accessOf({ user: { token: 'inline', tokenFile } });
  const first = await access.current();
  expect(first.headers).toEqual({ Authorization: 'Bearer one' });
  file('token', 'two\n');
  expect(await access.current()).toBe(first);
  await clock.advance(10_000);
  const second = await access.current();
  expect(second.headers).toEqual({ Authorization: 'Bearer two' });
  expect(second.tls).toBe(first.tls);
});

test('a token file that is missing for a moment does not lose the token', async () => {
  const tokenFile = file('token', 'one');
  const access = accessOf({ user: { tokenFile } });
  const known = await access.current();
  rmSync(tokenFile);
  await clock.advance(10_000);
  expect(await access.current()).toBe(known);
});

test('a changed certificate authority is read again', async () => {
  const [one, two] = [selfSigned(), selfSigned()];
  const access = accessOf({ cluster: { 'certificate-authority': file('ca', one.cert) } });
  const first = await access.current();
  file('ca', two.cert);
  await clock.advance(10_000);
  expect((await access.current()).tls.ca?.toString()).toBe(two.cert);
  expect(await access.renew(first)).toBe(true);
});

test('a credential plugin is run once for all who ask at the same time', async () => {
  const access = accessOf({ user: plugin(answerToken) });
  const all = await Promise.all(Array.from({ length: 20 }, async () => await access.current()));
  expect(new Set(all).size).toBe(1);
  expect(runs()).toBe(1);
});

test('a credential plugin learns which form of answer is wanted', async () => {
  const script = `console.log(JSON.stringify({ status: { token: JSON.parse(process.env.KUBERNETES_EXEC_INFO).apiVersion } }))`;
  const { headers } = await accessOf({ user: plugin(script) }).current();
  expect(headers).toEqual({ Authorization: 'Bearer client.authentication.k8s.io/v1' });
});

test('a 401 makes a credential plugin run again, once for all, and not again within five seconds', async () => {
  const count = `require('node:fs').readFileSync(${JSON.stringify(join(folder, 'runs'))}, 'utf8').length`;
  const access = accessOf({ user: plugin(`console.log(JSON.stringify({ status: { token: String(${count}) } }))`) });
  const first = await access.current();
  expect(await Promise.all([access.renew(first), access.renew(first), access.renew(first)])).toEqual([
    true,
    true,
    true,
  ]);
  expect(runs()).toBe(2);
  const second = await access.current();
  expect(second).not.toBe(first);
  expect(await access.renew(second)).toBe(false);
  await clock.advance(5_000);
  expect(await access.renew(second)).toBe(true);
  expect(runs()).toBe(3);
});

test('a fixed token cannot be renewed', async () => {
  const access = accessOf({ user: { token: 'abc' } });
  expect(await access.renew(await access.current())).toBe(false);
});

test.each([
  [
    'a plugin that fails',
    () => ({ user: plugin(`console.error('canary'); process.exit(1)`) }),
    /^the credential plugin ".*" of the kubeconfig failed; run it by hand to see why$/,
  ],
  [
    'a plugin that answers nonsense',
    () => ({ user: plugin(`console.log('canary')`) }),
    /^the credential plugin ".*" of the kubeconfig failed/,
  ],
  [
    'a plugin that is not installed',
    () => ({ user: { exec: { command: 'no-such-plugin-here' } } }),
    /^the credential plugin "no-such-plugin-here" of the kubeconfig is not installed$/,
  ],
  [
    'a missing token file',
    () => ({ user: { tokenFile: '/nowhere/token' } }),
    /^the file \/nowhere\/token that the kubeconfig names cannot be read$/,
  ],
  [
    'a missing certificate file',
    () => ({ cluster: { 'certificate-authority': '/nowhere/ca' } }),
    /^the file \/nowhere\/ca that the kubeconfig names cannot be read$/,
  ],
  [
    'a certificate authority that is none',
    () => ({ cluster: { 'certificate-authority-data': Buffer.from('canary').toString('base64') } }),
    undefined,
  ],
  [
    'a client certificate that is none',
    () => ({ user: { 'client-certificate-data': 'canary', 'client-key-data': 'canary' } }),
    /^a certificate or key of the kubeconfig cannot be used$/,
  ],
  [
    'plain HTTP',
    () => ({ cluster: { server: 'http://127.0.0.1:1' } }),
    /^the kubeconfig names an http:\/\/ server: write https:\/\/$/,
  ],
] as [string, () => Parts, RegExp | undefined][])(
  '%s is told in one sentence that quotes no contents',
  async (_, parts, message) => {
    const error: unknown = await accessOf(parts())
      .current()
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    const said = error instanceof Error ? error.message : '';
    expect(said).toMatch(message ?? /^/);
    expect(said).not.toContain('canary');
  },
);

test.each([
  [{ server: 'ftp://a' }, 'the server of the kubeconfig is not an https:// URL'],
  [{ server: 'canary' }, 'the server of the kubeconfig is not an https:// URL'],
  [{ server: 7 }, 'context "c" of the kubeconfig has no server'],
  [{ server: 'https://user:canary@a' }, 'the server URL of the kubeconfig must not hold credentials'],
  [{ 'proxy-url': 'socks5://a' }, 'the proxy-url of the kubeconfig is not an http:// or https:// URL'],
])('a cluster %j is refused at once', (cluster, message) => {
  expect(() => accessOf({ cluster })).toThrow(message);
});

describe('a kubeconfig that is rotated', () => {
  const text = (user: object, cluster: object = {}): string =>
    stringify({
      'current-context': 'c',
      contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
      clusters: [{ name: 'k', cluster: { server: 'https://127.0.0.1:6443/', ...cluster } }],
      users: [{ name: 'u', user }],
    });

  test('is used from the next request on, and an answer 401 to the former one is worth another try', async () => {
    const access = serverAccess(text({ token: 'old' }), { clock });
    const old = await access.current();
    await access.replace(text({ token: 'new' }));
    const fresh = await access.current();
    expect(fresh.headers).toEqual({ Authorization: 'Bearer new' });
    expect(fresh.tls).toBe(old.tls);
    expect(await access.renew(old)).toBe(true);
    expect(await access.renew(fresh)).toBe(false);
  });

  test('may lead to another workspace of the same kcp, but to no other server', async () => {
    const server = { server: 'https://127.0.0.1:6443/clusters/root:a' };
    const access = serverAccess(text({ token: 'old' }), { clock });
    await access.replace(text({ token: 'new' }, server));
    expect((await access.current()).headers).toEqual({ Authorization: 'Bearer new' });
    await expect(access.replace(text({ token: 'x' }, { server: 'https://other' }))).rejects.toThrow(
      'the kubeconfig names another server, https://other: that takes a restart',
    );
    expect((await access.current()).headers).toEqual({ Authorization: 'Bearer new' });
  });

  test('that cannot be used changes nothing', async () => {
    const access = serverAccess(text({ token: 'old' }), { clock });
    const bad = { 'client-certificate-data': Buffer.from('x').toString('base64'), 'client-key-data': 'eA==' };
    await expect(access.replace(text(bad))).rejects.toThrow(/certificate or key of the kubeconfig cannot be used/);
    await expect(access.replace('')).rejects.toThrow(/is empty/);
    expect((await access.current()).headers).toEqual({ Authorization: 'Bearer old' });
  });

  test('says when its credentials expire', async () => {
    const access = serverAccess(text({ token: `x.${Buffer.from('{"exp":5}').toString('base64url')}.y` }), { clock });
    expect(access.expiresMs()).toBeUndefined();
    await access.current();
    expect(access.expiresMs()).toBe(5_000);
  });
});
