import { expect, test } from 'vitest'
import { FrameReader, MarkerFinder } from '../../bench/load/frames.ts'
import { createPayload, readMicros, readSender, readSeq } from '../../bench/load/payload.ts'

type Recorded = { payloads: string[]; pings: string[]; closes: number[] }

test('frames of every length are read, however the stream is cut into chunks', () => {
  const payloads = ['', 'short', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(70_000)]
  const stream = Buffer.concat([
    ...payloads.map(text => frame(0x81, text)),
    frame(0x89, 'you?'),
    frame(0x88, '\x03\xe8'),
  ])
  for (const chunk of [1, 2, 3, 7, 125, 4_096, stream.length]) {
    const { reader, recorded } = recordingReader()
    for (let from = 0; from < stream.length; from += chunk) {
      reader.feed(stream, from, Math.min(from + chunk, stream.length))
    }
    expect(recorded, `chunks of ${chunk}`).toEqual({ payloads, pings: ['you?'], closes: [1000] })
  }
})

test('the caller may reuse the buffer that was fed', () => {
  const { reader, recorded } = recordingReader()
  const bytes = frame(0x81, 'halved')
  const buffer = Buffer.alloc(64)
  bytes.copy(buffer, 0, 0, 4)
  reader.feed(buffer, 0, 4)
  buffer.fill(0xff)
  bytes.copy(buffer, 0, 4)
  reader.feed(buffer, 0, bytes.length - 4)
  expect(recorded.payloads).toEqual(['halved'])
})

test('every marker of a payload is found: alone, in an array, at varying distances; none where there is none', () => {
  const finder = new MarkerFinder()
  const numbers = (text: string) => {
    const found: [number, number, number][] = []
    const padded = Buffer.from(`@@before${text}@@after the end`, 'latin1') // bytes around the payload are not read
    finder.find(padded, 8, 8 + text.length, (bytes, at) =>
      found.push([readSender(bytes, at), readSeq(bytes, at), readMicros(bytes, at)]),
    )
    return found
  }
  const frames = Array.from({ length: 12 }, (_, seq) => ({
    id: 'm'.repeat(seq % 3),
    content: createPayload(7, seq, 1_234 + seq),
  }))
  expect(numbers(JSON.stringify(frames[3]))).toEqual([[7, 3, 1_237]])
  expect(numbers('{"type":"ack"}')).toEqual([])
  expect(numbers(JSON.stringify(frames))).toEqual(frames.map((_, seq) => [7, seq, 1_234 + seq]))
  expect(numbers(JSON.stringify(frames[11]))).toEqual([[7, 11, 1_245]])
  expect(numbers('')).toEqual([])
})

function recordingReader(): { reader: FrameReader; recorded: Recorded } {
  const recorded: Recorded = { payloads: [], pings: [], closes: [] }
  const reader = new FrameReader({
    payload: (bytes, from, to) => recorded.payloads.push(bytes.toString('latin1', from, to)),
    ping: payload => recorded.pings.push(payload.toString()),
    close: code => recorded.closes.push(code),
  })
  return { reader, recorded }
}

/** Encodes a server frame, which is not masked. */
function frame(first: number, text: string): Buffer {
  const payload = Buffer.from(text, 'latin1')
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), payload])
  const head = Buffer.alloc(length < 65_536 ? 4 : 10)
  head[0] = first
  head[1] = length < 65_536 ? 126 : 127
  if (length < 65_536) head.writeUInt16BE(length, 2)
  else head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}
