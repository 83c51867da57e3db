import { writeFileSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import { findBinaries } from '../harness/build.js';
import { runCommand } from '../harness/command.js';
import { tableOf, type Measured } from './report.js';

/** Where the figures were measured, one thing a line. */
async function machine(): Promise<string[]> {
  const { kcp, 'kube-apiserver': apiServer } = await findBinaries(['kcp', 'kube-apiserver']);
  const versions = await Promise.all([kcp, apiServer].map(async (path) => await runCommand(path, ['--version'])));
  const [kcpVersion = '', apiVersion = ''] = versions.map(({ stdout }) => stdout.trim());
  return [
    `- ${cpus().length} × ${cpus()[0]?.model.trim() ?? ''}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()} ${arch()}`,
    `- Node ${process.version}; kcp: ${kcpVersion}; cluster: ${apiVersion}`,
    '- kcp, the API server with its etcd, the basic controllers, the syncer and this program share the machine',
  ];
}

/** Writes the figures down, with what they depend on. */
export async function writeDocument(path: string, command: string, measured: readonly Measured[]): Promise<void> {
  const loads = measured.map(({ scenario, loadAverage }) => `${scenario} ${loadAverage.toFixed(1)}`).join(', ');
  const text = `# How fast it is

Written by \`${command}\`. The bare client sends the same writes with the same accounts, as many at once, over
connections of the same kind, and does nothing else: no syncer can be faster against these servers. Each figure stands
beside the bare client's from the same run, and only the two together say something: absolute times are those of the
machine below. Delays begin with the acknowledgement of a user's change, for the bare client with the sending of its
write, and end when a watch shows the result.

${(await machine()).join('\n')}
- Load average when each scenario began, other work on the machine included: ${loads}

${tableOf(measured)}

Requests are counted from the servers' audit logs; memory and processor time come from \`/proc\`. A synchronous section is
timed inside the syncer, as far as its process was running.
`;
  writeFileSync(path, text);
}
