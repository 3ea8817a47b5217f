const encoder = new TextEncoder()
const algorithm = { name: 'HMAC', hash: 'SHA-256' }
const secretPrefix = 'whsec_'
const toleranceSeconds = 300

/** One delivery as it is signed. `at`: ms since the Unix epoch. */
export type SignedDelivery = { id: string; type: string; body: string; at: number; secret: string }

/**
 * The headers of a delivery: those of Standard Webhooks (https://www.standardwebhooks.com), and those that receivers of
 * 0.1 check. Their signatures are HMAC-SHA-256 of `<id>.<timestamp>.<body>` and `<timestamp>.<body>`.
 */
export async function signedHeaders({ id, type, body, at, secret }: SignedDelivery): Promise<Record<string, string>> {
  const timestamp = `${Math.floor(at / 1000)}`
  const standard = await sign(keyOf(secret), `${id}.${timestamp}.${body}`)
  const own = await sign(encoder.encode(secret), `${timestamp}.${body}`)
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${btoa(String.fromCharCode(...standard))}`,
    'circles-delivery': id,
    'circles-event': type,
    'circles-timestamp': timestamp,
    'circles-signature': `v1=${Array.from(own, byte => byte.toString(16).padStart(2, '0')).join('')}`,
  }
}

/**
 * Is a delivery genuine and at most five minutes old? `headers`: those of the request; `body`: its text, unparsed;
 * `now`: ms since the Unix epoch.
 */
export async function verifyWebhook(
  secret: string,
  { headers, body }: { headers: Headers; body: string },
  now: number,
): Promise<boolean> {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(name =>
    headers.get(name),
  )
  if (!id || !timestamp || !signatures || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds) return false
  const key = await importKey(keyOf(secret))
  const text = encoder.encode(`${id}.${timestamp}.${body}`)
  for (const signature of signatures.split(' ')) {
    const bytes = signature.startsWith('v1,') ? fromBase64(signature.slice(3)) : null
    if (bytes !== null && (await crypto.subtle.verify(algorithm, key, bytes, text))) return true
  }
  return false
}

/** A new secret: 32 random bytes, in the form of Standard Webhooks. */
export function newWebhookSecret(): string {
  return secretPrefix + btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))))
}

/** Can it be a secret? One that begins with `whsec_` continues with the base64 of 16 to 64 bytes. */
export function isWebhookSecret(secret: string): boolean {
  if (!secret.startsWith(secretPrefix)) return true
  const bytes = fromBase64(secret.slice(secretPrefix.length))
  return bytes !== null && bytes.length >= 16 && bytes.length <= 64
}

/** The key that a secret stands for: the bytes after `whsec_`, or those of any other text itself. */
function keyOf(secret: string): BufferSource {
  const bytes = secret.startsWith(secretPrefix) ? fromBase64(secret.slice(secretPrefix.length)) : null
  return bytes ?? encoder.encode(secret)
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), character => character.charCodeAt(0))
  } catch {
    return null // not base64
  }
}

async function sign(key: BufferSource, text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await importKey(key), encoder.encode(text)))
}

function importKey(key: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key, algorithm, false, ['sign', 'verify'])
}
