import { closeSync, fstatSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';

/** One request as the server saw it. */
export interface AuditEntry {
  readonly verb: string;
  readonly user: string;
  readonly uri: string;
  readonly code: number;
  readonly userAgent: string;
  /** When the request arrived, RFC 3339 with microseconds. */
  readonly timestamp: string;
  readonly object: AuditedObject;
  /** Of the token, for example `JTI=…`, where a ServiceAccount asked. */
  readonly credentialId?: string;
  /** In kcp the name of the logical cluster that was asked; the URI does not tell. */
  readonly logicalCluster?: string;
}

/** What the request was about; empty for requests that name no resource. */
export interface AuditedObject {
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly apiGroup?: string;
}

/** A place in the log: entries that are written later come after it. */
export type AuditMark = number;

interface AuditEvent {
  readonly verb: string;
  readonly user?: { readonly username?: string; readonly extra?: Readonly<Record<string, readonly string[]>> };
  readonly requestURI: string;
  readonly responseStatus?: { readonly code?: number };
  readonly userAgent?: string;
  readonly requestReceivedTimestamp: string;
  readonly objectRef?: AuditedObject;
  readonly annotations?: Readonly<Record<string, string>>;
}

const writeVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);

/**
 * Reads a server's audit log. The server writes an entry before it ends the answer, so a mark taken now has every
 * request before it whose answer was read to its end.
 */
export class AuditLog {
  constructor(readonly path: string) {}

  mark(): AuditMark {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** All requests since the mark, in the order of their answers; a watch is listed when it opens. */
  since(mark: AuditMark): AuditEntry[] {
    return readFrom(this.path, mark)
      .split('\n')
      .slice(0, -1)
      .map((line) => entryOf(JSON.parse(line) as AuditEvent));
  }

  /** The requests since the mark that change something, refused ones included; `user` narrows to one user. */
  writesSince(mark: AuditMark, user?: string): AuditEntry[] {
    return this.since(mark).filter(
      (entry) => writeVerbs.has(entry.verb) && (user === undefined || entry.user === user),
    );
  }
}

function entryOf(event: AuditEvent): AuditEntry {
  const logicalCluster = event.annotations?.['kcp.io/cluster'];
  return {
    verb: event.verb,
    user: event.user?.username ?? '',
    uri: event.requestURI,
    code: event.responseStatus?.code ?? 0,
    userAgent: event.userAgent ?? '',
    timestamp: event.requestReceivedTimestamp,
    object: event.objectRef ?? {},
    ...(logicalCluster !== undefined && { logicalCluster }),
    ...credentialOf(event),
  };
}

function credentialOf({ user }: AuditEvent): Pick<AuditEntry, 'credentialId'> {
  const credentialId = user?.extra?.['authentication.kubernetes.io/credential-id']?.[0];
  return credentialId === undefined ? {} : { credentialId };
}

function readFrom(path: string, offset: number): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset)).toString();
  } finally {
    closeSync(file);
  }
}

/** One entry a request: refused credentials are known only by ResponseStarted, and a watch's end is no request. */
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  omitManagedFields: true,
  rules: [{ level: 'Metadata', verbs: ['watch'], omitStages: ['ResponseComplete'] }, { level: 'Metadata' }],
};

/** Writes the policy file and gives the flags, the same for kcp and the API server, that log every request once. */
export function auditFlags(policyPath: string, logPath: string): string[] {
  writeFileSync(policyPath, stringify(policy));
  return [
    `--audit-policy-file=${policyPath}`,
    `--audit-log-path=${logPath}`,
    '--audit-log-mode=blocking',
    // Megabytes. Zero means never to one of the two servers and 100 to the other.
    '--audit-log-maxsize=100000',
  ];
}
