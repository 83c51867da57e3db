import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readKubeconfig } from './kubeconfig-file.js';

const canary = 'c4n4ry-s3cr3t';
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'kubeconfig-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function kubeconfig(cluster: string, user: string, current = 'c'): string {
  return `apiVersion: v1
kind: Config
current-context: ${current}
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters:
- name: c
  cluster: {${cluster}}
users:
- name: u
  user: {${user}}
`;
}

async function read(text: string): Promise<string> {
  const path = join(folder, 'kubeconfig');
  writeFileSync(path, text);
  return await readKubeconfig('--kcp-kubeconfig', path);
}

async function problem(path: string): Promise<string> {
  const error: unknown = await readKubeconfig('--kcp-kubeconfig', path).catch((e: unknown) => e);
  expect(error).toMatchObject({ name: 'UsageError' });
  return (error as Error).message;
}

async function problemOf(text: string): Promise<string> {
  const path = join(folder, 'bad');
  writeFileSync(path, text);
  const message = await problem(path);
  expect(message.split('\n')).toHaveLength(1);
  expect(message).not.toContain(canary);
  expect(message.startsWith(`--kcp-kubeconfig ${path}: `)).toBe(true);
  return message.slice(`--kcp-kubeconfig ${path}: `.length);
}

test('a file that names no others keeps its text to the letter', async () => {
  const text = `# a comment\n${kubeconfig('server: "https://a:6443", certificate-authority: /etc/ca.crt', `token: ${canary}`)}`;
  expect(await read(text)).toBe(text);
});

test('files named by relative path are found beside the kubeconfig, everything else stays', async () => {
  const text = kubeconfig(
    'server: "https://a:6443", certificate-authority: pki/ca.crt',
    'client-certificate: me.crt, client-key: ../me.key, tokenFile: ./token, password: 0123',
  );
  const user = { 'client-certificate': join(folder, 'me.crt'), 'client-key': join(folder, '..', 'me.key') };
  expect(parse(await read(text))).toMatchObject({
    clusters: [{ cluster: { server: 'https://a:6443', 'certificate-authority': join(folder, 'pki/ca.crt') } }],
    users: [{ user: { ...user, tokenFile: join(folder, 'token') } }],
  });
  const written = await read(text);
  expect(written.replaceAll(JSON.stringify(join(folder, 'pki/ca.crt')), 'pki/ca.crt')).toContain(
    kubeconfig('server: "https://a:6443", certificate-authority: pki/ca.crt', '').split('users:')[0],
  );
  expect(written).toContain('password: 0123');
});

test('a credential plugin beside the kubeconfig is found, one by name is left to PATH', async () => {
  const command = async (name: string): Promise<unknown> => {
    const text = await read(kubeconfig('server: "https://a"', `exec: {command: ${name}}`));
    return (parse(text) as { users: { user: { exec: { command: string } } }[] }).users[0]?.user.exec.command;
  };
  expect(await command('./bin/login')).toBe(join(folder, 'bin/login'));
  expect(await command('login')).toBe('login');
  expect(await command('/usr/bin/login')).toBe('/usr/bin/login');
});

test.each([
  ['certificate-authority: ca.crt'],
  ['"certificate-authority": "ca.crt"   # a comment'],
  ["certificate-authority: 'ca.crt'"],
])('a path is replaced however it is written: %s', async (line) => {
  const text = await read(`current-context: c
contexts:
- name: c
  context:
    cluster: c
clusters:
- name: c
  cluster:
    ${line}
    server: https://a
`);
  expect(parse(text)).toMatchObject({
    clusters: [{ cluster: { 'certificate-authority': join(folder, 'ca.crt'), server: 'https://a' } }],
  });
});

test('a relative path is relative to the file that was named', async () => {
  mkdirSync(join(folder, 'real'));
  writeFileSync(join(folder, 'real', 'config'), kubeconfig('server: "https://a", certificate-authority: ca.crt', ''));
  symlinkSync(join(folder, 'real', 'config'), join(folder, 'link'));
  expect(await readKubeconfig('--kcp-kubeconfig', join(folder, 'link'))).toContain(join(folder, 'ca.crt'));
});

test.each([
  ['missing', 'no such file'],
  ['', 'is a directory'],
])('a path that leads to no file (%j) is one line', async (name, message) => {
  const path = join(folder, name);
  expect(await problem(path)).toBe(`--kcp-kubeconfig ${path}: ${message}`);
});

test.each([
  ['nothing', '', 'the kubeconfig is empty or not a YAML mapping'],
  ['no YAML', `users: []\ntoken: "${canary}`, 'is not valid YAML in line 2'],
  ['a plain text', canary, 'the kubeconfig is empty or not a YAML mapping'],
  ['no current context', kubeconfig('', `token: ${canary}`, '""'), 'the kubeconfig has no current-context'],
  ['an unknown current context', kubeconfig('', `token: ${canary}`, 'other'), 'the kubeconfig has no context "other"'],
])('a file with %s is one line that does not quote it', async (_what, text, message) => {
  expect(await problemOf(text)).toBe(message);
});
