import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { readKubeconfig, readKubeconfigs } from '@kcp-syncer/syncer-runtime/cli/kubeconfig-file.js';
import { UsageError } from '@kcp-syncer/syncer-runtime/cli/usage-error.js';
import { filePath } from '@kcp-syncer/syncer-runtime/cli/values.js';
import type { ContextChoice } from './ends.js';

interface ClusterFlags {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/**
 * The cluster that kubectl would use with these flags.
 * @throws UsageError
 */
export async function clusterChoice({ kubeconfig = '~/.kube/config', context }: ClusterFlags): Promise<ContextChoice> {
  const flag = '--kubeconfig';
  return { flag, text: await kubeconfigOf(flag, kubeconfig.split(delimiter), context), context };
}

/** In a list files may be missing, as for kubectl. */
async function kubeconfigOf(flag: string, paths: readonly string[], context: string | undefined): Promise<string> {
  const [only = '', ...others] = paths.filter((path) => path !== '').map(filePath);
  if (others.length === 0) return await readKubeconfig(flag, only, context);
  const present = [only, ...others].filter((path) => existsSync(path));
  if (present.length === 0) throw new UsageError(`none of the files of KUBECONFIG is there: ${paths.join(', ')}`);
  return await readKubeconfigs(flag, present, context);
}

/** @throws UsageError */
export async function kcpChoice(flags: {
  readonly kcpKubeconfig: string | undefined;
  readonly kcpContext: string | undefined;
}): Promise<ContextChoice> {
  const { kcpKubeconfig: path, kcpContext: context } = flags;
  if (path === undefined) throw new UsageError('give the kubeconfig of an administrator of kcp with --kcp-kubeconfig');
  return { flag: '--kcp-kubeconfig', text: await readKubeconfig('--kcp-kubeconfig', path, context), context };
}
