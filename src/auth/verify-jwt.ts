import { errors, type JWTPayload, jwtVerify } from 'jose'
import { memoizePer } from '../lib/util.ts'
import { cleanName, fits, isUserId } from '../protocol/text.ts'
import { type AuthError, authError } from './auth-error.ts'
import { type Grants, readGrants } from './grants.ts'
import { JwksUnavailable } from './jwks.ts'
import type { TokenCheck } from './policy.ts'
import { verifyWithAny } from './signing-secrets.ts'

/** The claims of a verified token. */
export type Claims = {
  id: string
  name: string
  grants: Grants
  expires: number // ms since the Unix epoch
  issued: number // ms: `iat`, or without it the earliest time at which this token could be accepted
  bot?: true // a program that says so
}

/** By how much the issuer's clock may be ahead of ours (ms): a token may be issued so much later than now. */
export const clockToleranceMs = 5_000

const maxLength = 8_192
const tolerance = clockToleranceMs / 1_000 // seconds, as in a token

/** Verifies a token. Its content never makes this throw, and never appears in the error. */
export async function verifyJwt(token: string, check: TokenCheck, now: number): Promise<Claims | AuthError> {
  if (token.length > maxLength) return authError('invalid_token', 'The token is too long.')
  try {
    const { payload } = await payloadOf(token, check, now)
    return claimsOf(payload, check, now)
  } catch (error) {
    if (error instanceof JwksUnavailable) return keysUnavailable(error)
    if (error instanceof errors.JWTExpired) return expired
    // Anything else that jose or the runtime's cryptography rejects.
    return authError('invalid_token', 'The token is not valid.')
  }
}

function keysUnavailable({ retryAfterMs }: JwksUnavailable): AuthError {
  const seconds = Math.ceil(retryAfterMs / 1_000)
  const message = `The key of this token is not available; the issuer is asked again in ${seconds} s.`
  return { ...authError('unavailable', message), retryAfterMs }
}

const expired = authError('token_expired', 'The token has expired.')

// jose would import the secret again for each token.
const hs256Key = memoizePer((secret: Uint8Array) =>
  crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']),
)

async function payloadOf(token: string, check: TokenCheck, now: number) {
  const options = {
    algorithms: check.algorithms,
    currentDate: new Date(now),
    clockTolerance: tolerance,
    requiredClaims: ['sub', 'exp'],
    ...(check.issuer !== null && { issuer: check.issuer }),
    ...(check.audience !== null && { audience: check.audience }),
  }
  return 'secrets' in check.keys
    ? verifyWithAny(check.keys.secrets, async secret => jwtVerify(token, await hs256Key(secret), options))
    : jwtVerify(token, check.keys.jwks.get(now), options)
}

function claimsOf(payload: JWTPayload, check: TokenCheck, now: number): Claims | AuthError {
  const { sub, exp, iat } = payload
  if (!isSubject(sub) || exp === undefined) return authError('invalid_token', 'The token has no valid `sub` and `exp`.')
  const expires = exp * 1000
  if (expires <= now) return expired // no tolerance: its sockets would be closed immediately
  if (expires > now + (check.maxTtl + tolerance) * 1000) {
    return authError('invalid_token', `The token expires too late: at most ${check.maxTtl} s are accepted.`)
  }
  const issued = iat === undefined ? expires - check.maxTtl * 1000 : iat * 1000
  // It would outlive a revocation that comes before its `iat`.
  if (issued > now + clockToleranceMs) return authError('invalid_token', 'The token was issued in the future.')
  const names = [payload.name, payload.email, sub].map(name => (typeof name === 'string' ? cleanName(name) : null))
  return {
    id: sub,
    name: names.find(name => name !== null) ?? 'somebody',
    grants: check.grants ?? readGrants(payload.channels),
    expires,
    issued: Math.max(0, issued),
    ...(payload.bot === true && { bot: true }),
  }
}

// 128 bytes as JSON, so that a ticket with it fits into the subprotocol header.
function isSubject(sub: unknown): sub is string {
  return typeof sub === 'string' && isUserId(sub) && fits(JSON.stringify(sub), 130)
}
