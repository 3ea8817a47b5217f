import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ReadPartsOptions, readTurnParts } from '../../src/agents/ndjson-reader.ts'
import type { TurnPart } from '../../src/protocol/turns.ts'
import { openStream, streamOf } from '../support/streams.ts'

async function partsOf(stream: ReadableStream<Uint8Array>, options?: ReadPartsOptions) {
  const parts: TurnPart[] = []
  for await (const part of readTurnParts(stream, options)) parts.push(part)
  return parts
}

const delta = (text: string): TurnPart => ({ type: 'delta', text })
const error = (code: string, message: string) => ({ type: 'error', code, message })
const unfinished = error('agent_unfinished', 'The reply ended before it was complete.')
const notAPart = error('agent_bad_answer', 'The agent sent something that is not a part of a reply.')
const tooLong = error('agent_bad_answer', 'A part of the reply was too long.')

test('[T1] parts are read as they were sent, wherever the bytes are cut', async () => {
  const parts: TurnPart[] = [
    { type: 'status', state: 'tool', tool: 'search' },
    delta('naïve '),
    delta('🐱\n"quoted" 日本'),
    { type: 'final', usage: { input_tokens: 3, output_tokens: 5 } },
  ]
  const bytes = new TextEncoder().encode(parts.map(part => JSON.stringify(part)).join('\r\n'))
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length)), async cuts => {
      const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      const chunks = edges.slice(1).map((end, index) => bytes.slice(edges[index], end))
      expect(await partsOf(streamOf(...chunks))).toEqual(parts)
    }),
    { seed: 20261121, numRuns: 300 },
  )
})

test('[T1] a stream that ends without a last part has failed', async () => {
  expect(await partsOf(streamOf())).toEqual([unfinished])
  expect(await partsOf(streamOf('{"type":"delta","text":"a"}\n'))).toEqual([delta('a'), unfinished])
  expect(await partsOf(streamOf('{"type":"delta","text":"a"}\n{"type":"fin'))).toEqual([delta('a'), notAPart])
})

test('[T1] the last part needs no line feed', async () => {
  expect(await partsOf(streamOf('{"type":"final","content":"a"}'))).toEqual([{ type: 'final', content: 'a' }])
})

test('[T1] nothing after the last part is read', async () => {
  expect(await partsOf(streamOf('{"type":"final"}\n{"type":"delta","text":"b"}\n'))).toEqual([{ type: 'final' }])
})

test.each([
  ['not JSON', 'hello\n'],
  ['not an object', '[1]\n'],
  ['an unknown type', '{"type":"shout","text":"a"}\n'],
  ['a missing field', '{"type":"delta"}\n'],
  ['a field of another type', '{"type":"delta","text":1}\n'],
  ['not UTF-8', new Uint8Array([0xff, 0xfe, 0x0a])],
  ['20 KB of brackets', `${'['.repeat(20_000)}\n`],
])('[T1] a line that is or has %s fails the reply, and nothing after it counts', async (_, line) => {
  expect(await partsOf(streamOf(line, '{"type":"final"}\n'))).toEqual([notAPart])
})

test('[T1] empty lines are skipped', async () => {
  expect(await partsOf(streamOf('\n\r\n {"type":"final"}\n'))).toEqual([{ type: 'final' }])
})

test('[T1] a part that is too long fails the reply, even if its line never ends', async () => {
  const long = JSON.stringify(delta('a'.repeat(100)))
  expect(await partsOf(streamOf(`${long}\n`), { maxLine: 60 })).toEqual([tooLong])
  expect(await partsOf(streamOf(...long), { maxLine: 60 })).toEqual([tooLong])
  expect(await partsOf(streamOf('{"type":"delta","text":"a"}\n', `${long}\n`), { maxLine: 60 })).toEqual([
    delta('a'),
    tooLong,
  ])
})

test('[T1] a stream that errors fails the reply, and the text of the error is not repeated', async () => {
  const { stream, send, fail } = openStream()
  const reading = partsOf(stream)
  await send(delta('a'))
  await fail(new Error('secret at line 7'))
  const seen = await reading
  expect(seen.at(-1)).toEqual(error('agent_died', 'The agent stopped early.'))
  expect(JSON.stringify(seen)).not.toContain('secret')
})

test('[T1] a reader that stops early cancels the stream', async () => {
  const { stream, send, cancelled } = openStream()
  await send(delta('a'))
  for await (const _ of readTurnParts(stream)) break
  await expect(cancelled).resolves.toBeUndefined()
})

test('[T5] a signal stops the reading while the agent is silent, and cancels its stream', async () => {
  const { stream, send, cancelled } = openStream()
  const stop = new AbortController()
  const reading = partsOf(stream, { signal: stop.signal })
  await send(delta('a'))
  stop.abort('stop')
  await expect(cancelled).resolves.toBe('stop')
  expect((await reading).filter(part => part.type === 'error')).toEqual([])
})
