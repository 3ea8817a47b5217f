import { validatePublicUrl } from '../../../lib/public-url.ts'
import type { TryResult } from '../../log/log-follower.ts'
import type { Delivery } from './webhook.ts'

const timeoutMs = 10_000 // for a receiver's response
const encoder = new TextEncoder()

/** Posts one event to its receiver. Never throws. Redirects are not followed: they could lead to a private address. */
export async function post(delivery: Delivery, allowLoopback: boolean): Promise<TryResult> {
  const problem = validatePublicUrl(delivery.url, allowLoopback)
  if (problem !== null) return { ok: false, error: problem, gone: true }
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      redirect: 'manual',
      headers: await headersOf(delivery),
      body: delivery.body,
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.body?.cancel()
    if (response.ok) return { ok: true }
    return { ok: false, error: `the receiver answered ${response.status}`, gone: response.status === 410 }
  } catch {
    return { ok: false, error: 'the receiver did not answer', gone: false } // a network can fail in many ways
  }
}

async function headersOf({ id, type, secret, body, at }: Delivery): Promise<Record<string, string>> {
  const timestamp = `${Math.floor(at / 1000)}`
  return {
    'content-type': 'application/json',
    'user-agent': 'circles-webhook/1',
    'circles-delivery': id,
    'circles-event': type,
    'circles-timestamp': timestamp,
    'circles-signature': `v1=${await hmac(secret, `${timestamp}.${body}`)}`,
  }
}

async function hmac(secret: string, text: string): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
  return Array.from(signature, byte => byte.toString(16).padStart(2, '0')).join('')
}
