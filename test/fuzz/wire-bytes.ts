import fc from 'fast-check'

// Bytes that no WebSocket library sends: some are almost frames, some are not frames at all (RFC 6455 §5).

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

type Header = { fin?: boolean; rsv?: number; opcode: number; masked?: boolean; length?: number | bigint }

/** A frame whose header may not match what follows it. */
function frame(payload: Uint8Array, { fin = true, rsv = 0, opcode, masked = true, length }: Header): Buffer {
  const claimed = length ?? payload.length
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  const mask = masked ? 0x80 : 0
  const head =
    typeof claimed === 'bigint' || claimed > 0xffff
      ? Buffer.concat([Buffer.from([first, mask | 127]), bigEndian(BigInt(claimed))])
      : claimed > 125
        ? Buffer.from([first, mask | 126, claimed >> 8, claimed & 0xff])
        : Buffer.from([first, mask | claimed])
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), payload])
}

function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

const bytes = fc.uint8Array({ maxLength: 120 })
const message = fc
  .constantFrom('{"type":"ping"}', '{"type":"message","id":"f1","data":{"content":"in pieces"}}', '{nope')
  .map(text => new TextEncoder().encode(text))
const payload = fc.oneof(bytes, message)
const brokenUtf8 = fc
  .constantFrom([0xc3, 0x28], [0xff], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0x80])
  .chain(broken => message.map(text => Uint8Array.from([...text.slice(0, 3), ...broken, ...text.slice(3)])))

const halves = fc.tuple(message, fc.nat(60)).map(([text, at]) => [text.slice(0, at), text.slice(at)] as const)
const start = { opcode: opcodes.text, fin: false }
const rest = { opcode: opcodes.continuation }

/** Bytes for the connection below a socket, of kinds that the protocol forbids or that are rare. */
export const wireBytes: fc.Arbitrary<Buffer> = fc.oneof(
  brokenUtf8.map(text => frame(text, { opcode: opcodes.text })),
  fc.tuple(payload, fc.integer({ min: 1, max: 7 })).map(([p, rsv]) => frame(p, { opcode: opcodes.text, rsv })),
  fc.tuple(payload, fc.constantFrom(3, 4, 5, 6, 7, 11, 12, 13, 14, 15)).map(([p, opcode]) => frame(p, { opcode })),
  payload.map(p => frame(p, { opcode: opcodes.text, masked: false })),
  payload.map(p => frame(p, rest)), // a continuation without a start
  halves.map(([a, b]) => Buffer.concat([frame(a, start), frame(b, rest)])),
  halves.map(([a, b]) => Buffer.concat([frame(a, start), frame(a, { opcode: opcodes.ping }), frame(b, rest)])),
  halves.map(([a, b]) => Buffer.concat([frame(a, start), frame(b, { opcode: opcodes.text })])), // a second start
  brokenUtf8.map(text => Buffer.concat([frame(text.slice(0, 4), start), frame(text.slice(4), rest)])),
  fc
    .tuple(payload, fc.constantFrom(126, 65_536, 1_048_577, 33_554_433, 2n ** 40n, 2n ** 63n, 2n ** 64n - 1n))
    .map(([p, length]) => frame(p, { opcode: opcodes.text, length })), // the header announces more bytes
  fc.constantFrom(opcodes.ping, opcodes.pong, opcodes.close).map(opcode => frame(Buffer.alloc(126), { opcode })),
  fc.constantFrom(opcodes.ping, opcodes.close).map(opcode => frame(Buffer.alloc(2), { opcode, fin: false })),
  fc
    .tuple(fc.constantFrom(0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535), bytes)
    .map(([code, why]) => frame(Buffer.from([code >> 8, code & 0xff, ...why]), { opcode: opcodes.close })),
  fc.constant(frame(Buffer.from([3]), { opcode: opcodes.close })), // half a code
  fc.uint8Array({ minLength: 1, maxLength: 400 }).map(noise => Buffer.from(noise)),
  fc.constantFrom('GET / HTTP/1.1\r\n\r\n', '\r\n\r\n', '\u0000').map(text => Buffer.from(text)),
)
