import { isRecord } from '@kcp-syncer/syncer-runtime/object/json.js';

/** What a ServiceAccount's token says of itself. Nothing of it is verified: its server does that. */
export interface TokenClaims {
  readonly namespace: string;
  readonly name: string;
  /** Wall clock. */
  readonly issuedMs: number;
  readonly expiresMs: number;
}

/** The object of a ServiceAccount's own Pod token; undefined for one that is bound to no object of a cluster. */
export function accountIn(
  token: string,
): { readonly namespace: string; readonly name: string; readonly uid: string } | undefined {
  const { 'kubernetes.io': bound } = payloadOf(token);
  if (!isRecord(bound) || !isRecord(bound['serviceaccount'])) return undefined;
  const { namespace } = bound;
  const { name, uid } = bound['serviceaccount'];
  if (typeof namespace !== 'string' || typeof name !== 'string' || typeof uid !== 'string') return undefined;
  return { namespace, name, uid };
}

const account = /^system:serviceaccount:([-a-z0-9]{1,63}):([-.a-z0-9]{1,253})$/;

/** undefined for what is no token of a ServiceAccount, or one that lives for ever. */
export function claimsOf(token: string): TokenClaims | undefined {
  const { sub, iat, exp } = payloadOf(token);
  const [, namespace, name] = account.exec(String(sub)) ?? [];
  if (namespace === undefined || name === undefined || typeof iat !== 'number' || typeof exp !== 'number')
    return undefined;
  return { namespace, name, issuedMs: iat * 1000, expiresMs: exp * 1000 };
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return isRecord(claims) ? claims : {};
  } catch {
    return {};
  }
}
