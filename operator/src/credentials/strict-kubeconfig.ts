import {
  KubeconfigError,
  kubeconfigContext,
  type KubeconfigContext,
} from '@kcp-syncer/syncer-runtime/kube/kubeconfig.js';
import { reasons } from '@kcp-syncer/syncer-runtime/object/reasons.js';
import { CredentialError } from './credential-error.js';

type Entry = Readonly<Record<string, unknown>>;

/** Far more than any kubeconfig needs. */
const MAX_LENGTH = 256 * 1024;

/** What the cluster and the user of a context may say; whatever else they say is refused by name. */
const known = {
  cluster: ['server', 'certificate-authority-data', 'tls-server-name', 'disable-compression', 'extensions'],
  user: ['token', 'client-certificate-data', 'client-key-data', 'extensions'],
} as const;

/** What is kept of it. */
const used = {
  cluster: ['server', 'certificate-authority-data', 'tls-server-name'],
  user: ['token', 'client-certificate-data', 'client-key-data'],
} as const;

/** Fields that do no harm while they say nothing. */
const harmlessWhen: Readonly<Record<string, unknown>> = { 'insecure-skip-tls-verify': false };

/**
 * Judges a kubeconfig that a tenant may have written. It holds everything inline: nothing that would have this process
 * run a program, read a file, use a proxy, trust anybody or act as another user is taken (product.md 7). The result is a
 * kubeconfig of the current context alone, with nothing in it but what was judged.
 * @throws CredentialError which names the field and quotes no value.
 */
export function strictKubeconfig(text: string): string {
  if (text.length > MAX_LENGTH) throw refused(`is longer than ${MAX_LENGTH / 1024} KiB`);
  const { cluster, user } = contextOf(text);
  assertKnown('cluster', cluster);
  assertKnown('user', user);
  assertServer(cluster['server']);
  const name = 'context';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: picked(cluster, used.cluster) }],
    users: [{ name, user: picked(user, used.user) }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  });
}

function contextOf(text: string): KubeconfigContext {
  try {
    return kubeconfigContext(text);
  } catch (error) {
    if (error instanceof KubeconfigError) throw new CredentialError(reasons.KubeconfigRefused, error.message);
    throw error;
  }
}

function assertKnown(part: keyof typeof known, entry: Entry): void {
  for (const [field, value] of Object.entries(entry)) {
    if ((known[part] as readonly string[]).includes(field) || value === null || value === harmlessWhen[field]) continue;
    throw refused(`says ${JSON.stringify(field.slice(0, 64))} of its ${part}, which is not taken; ${insteadOf(field)}`);
  }
  for (const field of used[part]) {
    const value = entry[field];
    if (value !== undefined && value !== null && typeof value !== 'string')
      throw refused(`has a ${field} that is no text`);
  }
}

function insteadOf(field: string): string {
  if (field === 'certificate-authority' || field === 'client-certificate' || field === 'client-key')
    return `put its content into ${field}-data, as kubectl config view --raw --flatten does`;
  if (field === 'insecure-skip-tls-verify') return 'give certificate-authority-data';
  return 'give a token, or client-certificate-data with client-key-data';
}

function assertServer(server: unknown): void {
  if (typeof server !== 'string' || !URL.canParse(server) || new URL(server).protocol !== 'https:')
    throw refused('has a server that is not an https:// URL');
}

function picked(entry: Entry, fields: readonly string[]): Entry {
  return Object.fromEntries(
    fields.flatMap((field) => (typeof entry[field] === 'string' ? [[field, entry[field]]] : [])),
  );
}

function refused(why: string): CredentialError {
  return new CredentialError(reasons.KubeconfigRefused, `the kubeconfig ${why}`);
}
