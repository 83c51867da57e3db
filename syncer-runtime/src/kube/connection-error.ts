import type { Side } from '../base/sides.js';
import { KubeconfigError } from './kubeconfig.js';

/** What a code of Node, undici or this room means to a person. */
const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name cannot be looked up now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'the connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'it did not accept a connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'its answer stopped coming',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_DESTROYED: 'the connection was closed by us',
  CLIENT_CLOSED: 'the connection was closed by us',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not signed by the certificate authority of the kubeconfig',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not signed by the certificate authority of the kubeconfig',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not signed by the certificate authority of the kubeconfig',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not signed by the certificate authority of the kubeconfig',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is made for another host name',
};

interface ConnectionErrorFields {
  readonly side: Side;
  /** URL without credentials. */
  readonly server: string;
  readonly code: string;
  readonly cause?: unknown;
}

/** Nothing that counts as an answer came. The message is a sentence that names the server. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly side: Side;
  readonly server: string;
  /** Of Node (`ECONNREFUSED`), of undici (`UND_ERR_…`) or of this room (`LINE_TOO_LONG`, …). */
  readonly code: string;

  constructor(sentence: string, fields: ConnectionErrorFields) {
    super(
      `${nameOf(fields.side)} at ${fields.server}: ${sentence}`,
      fields.cause === undefined ? undefined : { cause: fields.cause },
    );
    this.side = fields.side;
    this.server = fields.server;
    this.code = fields.code;
  }
}

/** Turns what the transport threw into a ConnectionError. Texts of libraries are not shown: they may quote anything. */
export function connectionErrorOf(
  error: unknown,
  to: { readonly side: Side; readonly server: string },
): ConnectionError {
  if (error instanceof ConnectionError) return error;
  if (error instanceof KubeconfigError)
    return new ConnectionError(error.message, { ...to, code: 'CREDENTIALS', cause: error });
  const code = codeOf(error);
  return new ConnectionError(sentences[code] ?? `the request failed (${code})`, { ...to, code, cause: error });
}

function codeOf(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  for (const candidate of [inner, inner instanceof Error ? inner.cause : undefined]) {
    const code = (candidate as { code?: unknown } | undefined)?.code;
    if (typeof code === 'string' && code !== '') return code;
  }
  return inner instanceof Error ? inner.name : 'unknown';
}

function nameOf(side: Side): string {
  return side === 'upstream' ? 'kcp' : 'the cluster';
}
