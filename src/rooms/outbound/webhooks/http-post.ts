import { validatePublicUrl } from '../../../lib/public-url.ts'
import type { TryResult } from '../../log/log-follower.ts'
import type { Delivery } from './webhook.ts'

const patienceMs = 10_000 // that a receiver has to answer
const encoder = new TextEncoder()

/** Sends one event. Never throws; redirects are not followed, they could lead anywhere. */
export async function post(delivery: Delivery, allowLoopback: boolean): Promise<TryResult> {
  const objection = validatePublicUrl(delivery.url, allowLoopback)
  if (objection !== null) return { ok: false, error: objection, gone: true }
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      redirect: 'manual',
      headers: await headersOf(delivery),
      body: delivery.body,
      signal: AbortSignal.timeout(patienceMs),
    })
    await response.body?.cancel()
    if (response.ok) return { ok: true }
    return { ok: false, error: `the receiver answered ${response.status}`, gone: response.status === 410 }
  } catch {
    return { ok: false, error: 'the receiver did not answer', gone: false } // a network has many ways to fail
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
