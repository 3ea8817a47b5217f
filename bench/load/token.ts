import { createHmac } from 'node:crypto'

/** What the Circles of a benchmark checks tokens with. */
export const secret = 'a secret of the benchmarks, thirty-two bytes or more'

const minted = new Map<string, string>()

/** A token (HS256) of a user for every circle, good for an hour. Who comes back brings the same again, as clients do. */
export function mint(user: string, role = 'member'): string {
  const token = minted.get(user) ?? sign(user, role)
  minted.set(user, token)
  return token
}

function sign(user: string, role: string): string {
  const now = Math.floor(Date.now() / 1_000)
  const claims = { sub: user, name: user, iat: now, exp: now + 3_600, channels: { 'circle:*': role } }
  const unsigned = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
