import type { CommandResult } from '../harness/command.js';
import type { ControlPlane } from '../harness/control-plane.js';
import { chartFolder, helm } from '../harness/helm.js';

export const release = 'kcp-syncer';
export const home = 'kcp-syncer-system';

export type Values = Readonly<Record<string, unknown>>;

/** The arguments that give values to helm. */
export function valuesArgs(values: Values): string[] {
  return Object.entries(values).map(([key, value]) => `--set-json=${key}=${JSON.stringify(value)}`);
}

/** Installs the chart; nobody waits for its Pods. @throws what helm says. */
export async function installChart(cluster: ControlPlane, values: Values = {}): Promise<void> {
  const args = ['install', release, chartFolder, '-n', home, '--create-namespace', ...valuesArgs(values)];
  succeeded(await helm(cluster.kubeconfigPath, args));
}

/** What the command wrote. @throws when it failed. */
export function succeeded({ code, stdout, stderr }: CommandResult): string {
  if (code !== 0) throw new Error(`it ended with ${code}: ${stderr}${stdout}`);
  return stdout;
}
