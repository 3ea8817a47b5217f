import { SignJWT } from 'jose'
import type { TokenCheck } from './policy.ts'

const maxSeconds = 86_400

/** Signs a token that owns the deployment, for a day or as long as the policy accepts; null without a secret to sign with. */
export async function signOwnerToken(user: { id: string; name: string }, check: TokenCheck, now: number) {
  if (!('secrets' in check.keys)) return null
  const [secret] = check.keys.secrets
  const issued = Math.floor(now / 1000)
  const seconds = Math.min(check.maxTtl, maxSeconds)
  const token = new SignJWT({ name: user.name, channels: { '*': 'owner' } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(user.id)
    .setIssuedAt(issued)
    .setExpirationTime(issued + seconds)
  if (check.issuer !== null) token.setIssuer(check.issuer)
  if (check.audience !== null) token.setAudience(check.audience)
  return { token: await token.sign(secret), seconds }
}
