import { existsSync } from 'node:fs';
import type { Place } from '../harness/place.js';
import { runOrFail } from './run-or-fail.js';

const name = 'kcs-node';
const file = `/run/netns/${name}`;

/** The two ends of the only way into the node's network: this machine's, where kcp listens, and the node's own. */
export const hostAddress = '10.200.0.1';
export const nodeAddress = '10.200.0.2';
export const podRange = '10.88.0.0/16';
/** As the API server of the harness has it. */
const serviceRange = '10.0.0.0/16';

/** Everything of the node runs here: nobody else reaches its ports, and its firewall rules are its own. */
export const place: Place = { address: nodeAddress, enter: ['nsenter', `--net=${file}`] };

/** Makes the node's network anew. */
export async function makeNetwork(): Promise<void> {
  await removeNetwork();
  const inside = async (...args: string[]): Promise<void> => {
    await runOrFail(place.enter[0] ?? '', [...place.enter.slice(1), ...args]);
  };
  await ip('netns', 'add', name);
  await ip('link', 'add', `${name}-up`, 'type', 'veth', 'peer', 'name', `${name}-in`, 'netns', name);
  await ip('address', 'add', `${hostAddress}/30`, 'dev', `${name}-up`);
  await ip('link', 'set', `${name}-up`, 'up');
  await ip('route', 'replace', podRange, 'via', nodeAddress);
  await inside('ip', 'link', 'set', 'lo', 'up');
  await inside('ip', 'address', 'add', `${nodeAddress}/30`, 'dev', `${name}-in`);
  await inside('ip', 'link', 'set', `${name}-in`, 'up');
  // A route must be there before kube-proxy turns the address into another; the host forwards nothing.
  await inside('ip', 'route', 'add', serviceRange, 'via', hostAddress);
  await inside('sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
}

/** Removes it, with all routes into it. */
export async function removeNetwork(): Promise<void> {
  if (existsSync(`/sys/class/net/${name}-up`)) await ip('link', 'delete', `${name}-up`);
  if (existsSync(file)) await ip('netns', 'delete', name);
}

async function ip(...args: string[]): Promise<void> {
  await runOrFail('ip', args);
}
