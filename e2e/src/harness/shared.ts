import { randomBytes } from 'node:crypto';
import { request } from 'undici';
import { ControlPlane } from './control-plane.js';
import type { Addresses } from './control-plane.js';
import { KcpAccess } from './kcp-access.js';
import { sharedVariable } from './shared-servers.js';

export interface SharedControlPlanes {
  readonly kcp: KcpAccess;
  readonly cluster: ControlPlane;
}

/**
 * One kcp and one cluster for all test files of a run, started when the first file asks. Who kills or restarts servers
 * starts its own. Files share them only by using workspaces and namespaces of their own, see `uniqueName`.
 */
export async function sharedControlPlanes(): Promise<SharedControlPlanes> {
  const url = process.env[sharedVariable];
  if (url === undefined) throw new Error('shared control planes exist only in jest runs with global-setup');
  const { statusCode, body } = await request(url, { headersTimeout: 0 });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(text);
  const { kcp, cluster } = JSON.parse(text) as { kcp: Addresses; cluster: Addresses };
  return { kcp: new KcpAccess(kcp), cluster: new ControlPlane(cluster) };
}

/** A name that no other test has, for workspaces and namespaces on shared servers. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}
