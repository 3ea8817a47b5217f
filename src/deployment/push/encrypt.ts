import { joined } from '../../lib/bytes.ts'

// RFC 8291, Message Encryption for Web Push, in one record of RFC 8188 (`aes128gcm`).

const recordBytes = 4_096
const tagBytes = 16
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** The keys of a subscription, as its browser made them. */
export type PushKeys = { p256dh: Uint8Array<ArrayBuffer>; auth: Uint8Array<ArrayBuffer> }

/** Encrypts a message for a subscription, so that the push service cannot read it. Throws if the keys are no good. */
export async function encryptPush({ p256dh, auth }: PushKeys, message: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  if (message.byteLength + 1 + tagBytes > recordBytes) throw new Error(`a push message of ${message.byteLength} bytes`)
  const curve = { name: 'ECDH', namedCurve: 'P-256' }
  const receiver = await crypto.subtle.importKey('raw', p256dh, curve, false, [])
  const pair = (await crypto.subtle.generateKey(curve, true, ['deriveBits'])) as CryptoKeyPair
  const sender = new Uint8Array((await crypto.subtle.exportKey('raw', pair.publicKey)) as ArrayBuffer)
  const algorithm = { name: 'ECDH', public: receiver } as unknown as Parameters<SubtleCrypto['deriveBits']>[0]
  const shared = await crypto.subtle.deriveBits(algorithm, pair.privateKey, 256)
  const salt = crypto.getRandomValues(new Uint8Array(16))
  const info = joined([bytesOf('WebPush: info\0'), p256dh, sender])
  const secret = await derive(shared, { salt: auth, info, bytes: 32 })
  const content = { salt, info: bytesOf('Content-Encoding: aes128gcm\0'), bytes: 16 }
  const nonce = { salt, info: bytesOf('Content-Encoding: nonce\0'), bytes: 12 }
  const key = await crypto.subtle.importKey('raw', await derive(secret, content), 'AES-GCM', false, ['encrypt'])
  const padded = joined([message, Uint8Array.of(2)]) // the delimiter of the last record
  const iv = await derive(secret, nonce)
  const encrypted = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, padded as Uint8Array<ArrayBuffer>)
  const size = new Uint8Array(4)
  new DataView(size.buffer).setUint32(0, recordBytes)
  const parts = [salt, size, Uint8Array.of(sender.byteLength), sender, new Uint8Array(encrypted)]
  return joined(parts) as Uint8Array<ArrayBuffer>
}

type Derivation = { salt: Uint8Array; info: Uint8Array; bytes: number }

async function derive(secret: ArrayBuffer, { salt, info, bytes }: Derivation): Promise<ArrayBuffer> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt, info } as Parameters<SubtleCrypto['deriveBits']>[0]
  return crypto.subtle.deriveBits(algorithm, key, bytes * 8)
}
