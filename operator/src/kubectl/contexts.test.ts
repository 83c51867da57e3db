import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { kubeconfigContext } from '@kcp-syncer/syncer-runtime/kube/kubeconfig.js';
import { clusterChoice, kcpChoice } from './contexts.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'contexts-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: object): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const clusters = [{ name: 'c', cluster: { server: 'https://one.example.com', 'certificate-authority': 'ca.crt' } }];
const users = [{ name: 'u', user: { token: 't' } }];
const contexts = [{ name: 'x', context: { cluster: 'c', user: 'u' } }];

test('a list of files is read as one, first come first served, and those that are missing are passed over', async () => {
  const first = file('first', { clusters });
  const second = file('second', {
    clusters: [{ name: 'c', cluster: { server: 'https://two.example.com' } }],
    users,
    contexts,
    'current-context': 'x',
  });
  const list = [first, join(folder, 'missing'), second].join(delimiter);
  const { text } = await clusterChoice({ kubeconfig: list, context: undefined });
  expect(kubeconfigContext(text)).toEqual({
    name: 'x',
    cluster: { server: 'https://one.example.com', 'certificate-authority': join(folder, 'ca.crt') },
    user: { token: 't' },
  });
});

test('a context that none of them has is refused by name', async () => {
  const one = file('one', { clusters, users });
  const two = file('two', { contexts });
  await expect(clusterChoice({ kubeconfig: `${one}${delimiter}${two}`, context: 'y' })).rejects.toThrow(
    /no context "y"/,
  );
});

test('a list without any file, and kcp without one, say what to give', async () => {
  const list = [join(folder, 'a'), join(folder, 'b')].join(delimiter);
  await expect(clusterChoice({ kubeconfig: list, context: undefined })).rejects.toThrow(
    /none of the files of KUBECONFIG/,
  );
  await expect(kcpChoice({ kcpKubeconfig: undefined, kcpContext: undefined })).rejects.toThrow(/--kcp-kubeconfig/);
});
