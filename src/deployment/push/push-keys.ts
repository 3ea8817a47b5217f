import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { PushIdentity } from '../../rpc/push.ts'

// RFC 8292, Voluntary Application Server Identification (VAPID).

const validSeconds = 43_200 // 12 h; a service takes at most a day

/** Makes the key pair of a deployment. */
export async function newPushIdentity(): Promise<PushIdentity> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  const point = [Uint8Array.of(4), bytesOf(jwk.x ?? ''), bytesOf(jwk.y ?? '')].map(part => Buffer.from(part))
  return { publicKey: Buffer.concat(point).toString('base64url'), privateKey: JSON.stringify(jwk) }
}

/** The header by which a push service knows who sends. `contact`: where it reaches those who run the deployment. */
export async function vapidHeader(
  { publicKey, privateKey }: PushIdentity,
  { endpoint, contact }: { endpoint: string; contact: string },
  now: number,
): Promise<string> {
  const token = await new SignJWT({ aud: new URL(endpoint).origin, sub: contact })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
    .setExpirationTime(Math.floor(now / 1_000) + validSeconds)
    .sign(await importJWK(JSON.parse(privateKey), 'ES256'))
  return `vapid t=${token}, k=${publicKey}`
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'base64url')
