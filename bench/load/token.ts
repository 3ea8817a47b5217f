import { createHmac } from 'node:crypto'

/** The secret of the benchmarked Circles server, for signing tokens. */
export const secret = 'a secret of the benchmarks, thirty-two bytes or more'

const minted = new Map<string, string>()

/** Returns a user's token (HS256) for every circle, valid for an hour. A returning user gets the same one, as clients do. */
export function mint(user: string, role = 'member'): string {
  const token = minted.get(user) ?? sign(user, role)
  minted.set(user, token)
  return token
}

function sign(user: string, role: string): string {
  const now = Math.floor(Date.now() / 1_000)
  const claims = { sub: user, name: user, iat: now, exp: now + 3_600, channels: { 'circle:*': role } }
  const unsigned = `${encodePart({ alg: 'HS256', typ: 'JWT' })}.${encodePart(claims)}`
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`
}

const encodePart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
