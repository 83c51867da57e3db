import { isRecord, type JsonRecord } from '../object/json.js';
import { typeName } from '../object/types.js';
import { editField, without } from './edit.js';
import type { Transform } from './context.js';

const addresses = new Set(['clusterIP', 'clusterIPs']);

/**
 * Addresses and ports that a cluster gave to a Service stay in that cluster. Nobody gives any in kcp, so a node port
 * there is the user's wish, unless an address beside it shows that the object was carried over from a cluster. A
 * headless Service keeps its `clusterIP: None`.
 */
export const dropAllocatedServiceFields: Transform = (object, { type }) =>
  typeName(type) === 'services' ? editField(object, 'spec', withoutAllocated) : object;

function withoutAllocated(spec: JsonRecord): JsonRecord {
  const own = without(spec, (field) => field === 'healthCheckNodePort');
  if (isHeadless(spec)) return own;
  const wished = without(own, (field) => addresses.has(field));
  return hasAddress(spec) ? withoutNodePorts(without(wished, (field) => field === 'ipFamilies')) : wished;
}

function isHeadless({ clusterIP, clusterIPs }: JsonRecord): boolean {
  return clusterIP === 'None' || (Array.isArray(clusterIPs) && clusterIPs[0] === 'None');
}

function hasAddress({ clusterIP, clusterIPs }: JsonRecord): boolean {
  return (typeof clusterIP === 'string' && clusterIP !== '') || (Array.isArray(clusterIPs) && clusterIPs.length > 0);
}

function withoutNodePorts(spec: JsonRecord): JsonRecord {
  const { ports } = spec;
  if (!Array.isArray(ports)) return spec;
  const dropNodePort = (port: unknown): unknown =>
    isRecord(port) ? without(port, (field) => field === 'nodePort') : port;
  return { ...spec, ports: ports.map(dropNodePort) };
}
