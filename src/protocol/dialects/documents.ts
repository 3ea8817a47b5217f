import type { Decoded, Dialect } from './dialect.ts'

// The dialects of documents. What they carry is bytes, which a component of the room reads (src/documents); here is what
// those bytes are wrapped in, and which of a session's rights and times follow from the dialect.

const common = {
  greets: false,
  receivesEphemeral: true,
  batches: false,
  queuesBursts: false,
  showsRetry: false,
  decode: (): Decoded => ({ nothing: true }), // text: a ping of y-partyserver, or a message of it that we have no use for
  encode: () => null, // nothing as text, which these clients would take for bytes
} as const

/** y-protocols, as y-websocket and y-partyserver speak them. */
export const yjs: Dialect = {
  ...common,
  name: 'yjs',
  subprotocol: null,
  authenticatesLater: false,
  heartbeats: false, // a provider may be silent for ever
  againAs: 'overloaded', // y-websocket never comes back after a close between 4400 and 4499
}

/** The same with the name of the document before each message, and the token in the first. */
export const hocuspocus: Dialect = {
  ...common,
  name: 'hocuspocus',
  subprotocol: null,
  authenticatesLater: true,
  heartbeats: false,
  wrap: (bytes, channel) => {
    const prefix = prefixOf(channel)
    const wrapped = new Uint8Array(prefix.byteLength + bytes.byteLength)
    wrapped.set(prefix)
    wrapped.set(bytes, prefix.byteLength)
    return wrapped
  },
  unwrap: (bytes, channel) => {
    const prefix = prefixOf(channel)
    return prefix.every((byte, index) => bytes[index] === byte) ? bytes.subarray(prefix.byteLength) : null
  },
  readToken: (bytes, channel) => {
    const message = hocuspocus.unwrap?.(bytes, channel) ?? null
    if (message === null || message[0] !== auth || message[1] !== token) return null
    const text = readText(message.subarray(2))
    return text === '' ? null : text
  },
}

/** The dialect of our own provider, `circles-rooms/yjs`: it sends pings, and is told what is saved. */
export const documents: Dialect = {
  ...common,
  name: 'documents',
  subprotocol: 'circles.documents.v1',
  authenticatesLater: false,
  heartbeats: true,
}

const auth = 2
const token = 0

const prefixes = new Map<string, Uint8Array>()
const keptPrefixes = 100

/** The name of a document as Hocuspocus writes it: `dev/plan`, after its length. */
function prefixOf(channel: string): Uint8Array {
  const known = prefixes.get(channel)
  if (known !== undefined) return known
  const name = new TextEncoder().encode(channel.slice(channel.indexOf(':') + 1))
  const prefix = Uint8Array.from([...varint(name.byteLength), ...name])
  if (prefixes.size >= keptPrefixes) prefixes.clear()
  prefixes.set(channel, prefix)
  return prefix
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [128 | (value % 128), ...varint(Math.floor(value / 128))]
}

/** A text after its length; null: it is not whole. */
function readText(bytes: Uint8Array): string | null {
  let length = 0
  for (let index = 0; index < 4; index++) {
    const byte = bytes[index]
    if (byte === undefined) return null
    length += (byte % 128) * 128 ** index
    if (byte >= 128) continue
    const text = bytes.subarray(index + 1, index + 1 + length)
    return text.byteLength === length ? new TextDecoder().decode(text) : null
  }
  return null
}
