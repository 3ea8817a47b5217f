import { type JWTPayload, SignJWT } from 'jose'
import type { TokenCheck } from '../../src/auth/policy.ts'

/** The secret that vitest.config.ts configures. */
export const secret = 'only the tests sign with this secret'

/** How tokens are checked that are signed with `secret`, whoever issued them. */
export const tokenCheck: TokenCheck = {
  keys: { secrets: [new TextEncoder().encode(secret)] },
  algorithms: ['HS256'],
  issuer: null,
  audience: null,
  maxTtl: 86_400,
  grants: null,
}

/** Signs a token that is valid for an hour, with a test's own claims; undefined omits a claim. */
export async function aToken(now: number, claims: Record<string, unknown> = {}, key: string = secret): Promise<string> {
  const payload: JWTPayload = { sub: 'ada', exp: Math.floor(now / 1000) + 3600, channels: { 'circle:*': 'member' } }
  return new SignJWT({ ...payload, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(key))
}
