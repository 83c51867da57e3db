import { X509Certificate } from 'node:crypto';
import type { Credentials } from './auth.js';

/**
 * When credentials stop being good, as they say themselves: the `exp` of a token that is a JWT, the end of a client
 * certificate, or the earlier of both. Wall clock, ms; undefined when neither says.
 */
export function expiryOf({ headers, tls }: Credentials): number | undefined {
  const known = [tokenExpiry(headers['Authorization']), certificateExpiry(tls.cert)].filter((ms) => ms !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function tokenExpiry(authorization: string | undefined): number | undefined {
  const payload = /^Bearer [^.]+\.([^.]+)\.[^.]*$/.exec(authorization ?? '')?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown } | null;
    return typeof claims?.exp === 'number' ? claims.exp * 1000 : undefined;
  } catch {
    // Not every token with two dots is a JWT.
    return undefined;
  }
}

function certificateExpiry(cert: string | Buffer | undefined): number | undefined {
  if (cert === undefined) return undefined;
  const ms = Date.parse(new X509Certificate(cert).validTo);
  return Number.isNaN(ms) ? undefined : ms;
}
