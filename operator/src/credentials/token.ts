/** What a ServiceAccount's token says of itself. Nothing of it is verified: its server does that. */
export interface TokenClaims {
  readonly namespace: string;
  readonly name: string;
  /** Wall clock. */
  readonly issuedMs: number;
  readonly expiresMs: number;
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
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}
