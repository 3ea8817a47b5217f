import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { importJWK, jwtVerify } from 'jose'

/** A push that a service received: its headers, what its token claims, and what it says to the browser. */
export type ReceivedPush = {
  path: string
  headers: Record<string, unknown>
  claims: Record<string, unknown>
  bytes: number
  message: Record<string, unknown>
}

/** A browser's subscription, with the keys that only the browser has. */
export type TestSubscription = { endpoint: string; keys: { p256dh: string; auth: string } }

/** A push service on this machine, and the browsers that have subscribed there. It checks whoever sends, as RFC 8292 says. */
export async function startPushService() {
  const received: ReceivedPush[] = []
  const refused: string[] = []
  const browsers = new Map<string, ReturnType<typeof newKeys>>()
  const statuses = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const path = request.url ?? ''
    try {
      const body = Buffer.concat(chunks)
      const keys = browsers.get(path)
      if (keys === undefined) throw new Error(`nobody has subscribed at ${path}`)
      const claims = await checkSender(String(request.headers.authorization), origin())
      const message = JSON.parse(decryptPush(body, keys).toString('utf8'))
      received.push({ path, headers: { ...request.headers }, claims, bytes: body.byteLength, message })
      response.writeHead(statuses.get(path) ?? 201).end()
    } catch (error) {
      refused.push(String(error))
      response.writeHead(400).end()
    }
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    received,
    refused,
    /** A browser subscribes; `status`: what the service answers when something is sent to it. */
    subscribe(status = 201): TestSubscription {
      const path = `/push/${randomBytes(8).toString('hex')}`
      const keys = newKeys()
      browsers.set(path, keys)
      statuses.set(path, status)
      const encoded = { p256dh: keys.p256dh.toString('base64url'), auth: keys.auth.toString('base64url') }
      return { endpoint: origin() + path, keys: encoded }
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** The keys that a browser makes for a subscription. */
export function newKeys() {
  const ecdh = createECDH('prime256v1')
  const p256dh = ecdh.generateKeys()
  return { ecdh, p256dh, auth: randomBytes(16) }
}

/** Verifies the token of `vapid t=…, k=…`, and that it is for this service; returns its claims. */
async function checkSender(header: string, audience: string): Promise<Record<string, unknown>> {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header) ?? []
  const point = Buffer.from(key, 'base64url')
  if (point.byteLength !== 65 || point[0] !== 4) throw new Error(`this is no public key: ${header}`)
  const x = point.subarray(1, 33).toString('base64url')
  const y = point.subarray(33).toString('base64url')
  const publicKey = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256')
  const { payload } = await jwtVerify(token, publicKey, { audience })
  return { ...payload, key }
}

/** Decrypts a message of RFC 8291 with the keys of its subscription. */
export function decryptPush(body: Buffer, { ecdh, p256dh, auth }: ReturnType<typeof newKeys>): Buffer {
  const salt = body.subarray(0, 16)
  const recordBytes = body.readUInt32BE(16)
  const idBytes = body.readUInt8(20)
  const sender = body.subarray(21, 21 + idBytes)
  const record = body.subarray(21 + idBytes)
  if (record.byteLength > recordBytes) throw new Error('there is more than one record')
  const derive = (secret: Buffer, from: Buffer, info: Buffer, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, from, info, bytes))
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), p256dh, sender])
  const secret = derive(ecdh.computeSecret(sender), auth, info, 32)
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(record.subarray(-16))
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
  const end = padded.lastIndexOf(2)
  if (end < 0 || padded.subarray(end + 1).some((byte: number) => byte !== 0)) throw new Error('the record has no end')
  return padded.subarray(0, end)
}
