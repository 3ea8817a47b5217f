import { validatePublicUrl } from '../../../lib/public-url.ts'
import { signedHeaders } from '../../../protocol/webhook-signature.ts'
import type { TryResult } from '../../log/log-follower.ts'
import type { Delivery } from './webhook.ts'

const timeoutMs = 10_000 // for a receiver's response

/** Posts one event to its receiver. Never throws. Redirects are not followed: they could lead to a private address. */
export async function post(delivery: Delivery, allowLoopback: boolean): Promise<TryResult> {
  const problem = validatePublicUrl(delivery.url, allowLoopback)
  if (problem !== null) return { ok: false, error: problem, gone: true }
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'circles-webhook/1',
        ...(await signedHeaders(delivery)),
      },
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
