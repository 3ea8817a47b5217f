import { validatePublicUrl } from '../../lib/public-url.ts'
import type { PushIdentity } from '../../rpc/push.ts'
import { encryptPush } from './encrypt.ts'
import { vapidHeader } from './push-keys.ts'
import type { Subscription } from './push-store.ts'

const timeoutMs = 10_000
const keptSeconds = 86_400 // by the push service, for a device that is off
const maxBytes = 3_000

/** A message for a device, and how much it matters. */
export type Push = { message: object; urgency: 'normal' | 'high' }

/** What is known of the deployment that sends. */
export type PushSender = { identity: PushIdentity; allowLoopback: boolean; now: number }

/**
 * Sends a message to a device. `gone`: the subscription is no more. Never throws, and does not try again: what is told is
 * in the inbox. Redirects are not followed: they could lead to a private address.
 */
export async function sendPush(
  { endpoint, contact, p256dh, auth }: Subscription,
  { message, urgency }: Push,
  { identity, allowLoopback, now }: PushSender,
): Promise<'sent' | 'gone' | 'failed'> {
  if (validatePublicUrl(endpoint, allowLoopback) !== null) return 'gone'
  try {
    const bytes = new TextEncoder().encode(JSON.stringify(message))
    if (bytes.byteLength > maxBytes) throw new Error(`a push message of ${bytes.byteLength} bytes`)
    const response = await fetch(endpoint, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        authorization: await vapidHeader(identity, { endpoint, contact }, now),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        ttl: `${keptSeconds}`,
        urgency,
      },
      body: await encryptPush({ p256dh: decoded(p256dh), auth: decoded(auth) }, bytes),
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    if (response.status === 404 || response.status === 410) return 'gone'
    return response.ok ? 'sent' : 'failed'
  } catch {
    return 'failed' // a network can fail in many ways
  }
}

const decoded = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'base64url'))
