import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** Derives a UUID from a name: the same name always gives the same UUID, without a stored row. (RFC 9562 §5.8, version 8) */
export function namedUuid(name: string): string {
  const hex = sha256(name)
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-')
}

/** Returns the SHA-256 of a text in hexadecimal, for secrets that are stored only to be recognized. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Signs a text with a secret: HMAC-SHA-256 in base64url. */
export function signText(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

/** Returns whether two secrets are the same. Hashes are compared, which are equally long: the duration reveals nothing. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(other)))
}
