import type { Wrapping, Wrappings } from '../protocol/dialects/dialect.ts'

/** Hocuspocus puts the name of the document before each message, and the token into the first. */
export const hocuspocus: Wrapping = {
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
    const message = hocuspocus.unwrap(bytes, channel)
    if (message === null || message[0] !== auth || message[1] !== token) return null
    const text = readText(message.subarray(2))
    return text === '' ? null : text
  },
}

/** The dialects whose messages are wrapped. */
export const wrappings: Wrappings = new Map([['hocuspocus', hocuspocus]])

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
