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
const unfinished = error('agent_unfinished', 'The answer ended in the middle.')
const noPart = error('agent_bad_answer', 'The agent sent something that is no part of an answer.')
const tooLong = error('agent_bad_answer', 'A part of the answer was too long.')

test('[T1] parts come out as they went in, wherever the bytes are cut', async () => {
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

test('[T1] a stream that ends without a last part failed', async () => {
  expect(await partsOf(streamOf())).toEqual([unfinished])
  expect(await partsOf(streamOf('{"type":"delta","text":"a"}\n'))).toEqual([delta('a'), unfinished])
  expect(await partsOf(streamOf('{"type":"delta","text":"a"}\n{"type":"fin'))).toEqual([delta('a'), noPart])
})

test('[T1] a last part needs no line feed behind it', async () => {
  expect(await partsOf(streamOf('{"type":"final","content":"a"}'))).toEqual([{ type: 'final', content: 'a' }])
})

test('[T1] what comes after the last part is not read', async () => {
  expect(await partsOf(streamOf('{"type":"final"}\n{"type":"delta","text":"b"}\n'))).toEqual([{ type: 'final' }])
})

test.each([
  ['no JSON', 'hello\n'],
  ['no object', '[1]\n'],
  ['an unknown type', '{"type":"shout","text":"a"}\n'],
  ['a missing field', '{"type":"delta"}\n'],
  ['a field of another type', '{"type":"delta","text":1}\n'],
  ['bytes that are no UTF-8', new Uint8Array([0xff, 0xfe, 0x0a])],
  ['20 KB of brackets', `${'['.repeat(20_000)}\n`],
])('[T1] a line that is %s fails the answer, and nothing after it counts', async (_, line) => {
  expect(await partsOf(streamOf(line, '{"type":"final"}\n'))).toEqual([noPart])
})

test('[T1] empty lines mean nothing', async () => {
  expect(await partsOf(streamOf('\n\r\n {"type":"final"}\n'))).toEqual([{ type: 'final' }])
})

test('[T1] a part that is too long fails the answer, also when its line never ends', async () => {
  const long = JSON.stringify(delta('a'.repeat(100)))
  expect(await partsOf(streamOf(`${long}\n`), { maxLine: 60 })).toEqual([tooLong])
  expect(await partsOf(streamOf(...long), { maxLine: 60 })).toEqual([tooLong])
  expect(await partsOf(streamOf('{"type":"delta","text":"a"}\n', `${long}\n`), { maxLine: 60 })).toEqual([
    delta('a'),
    tooLong,
  ])
})

test('[T1] a stream that breaks is an answer that failed, and its error is not repeated', async () => {
  const { stream, say, fail } = openStream()
  const reading = partsOf(stream)
  await say(delta('a'))
  await fail(new Error('secret at line 7'))
  const seen = await reading
  expect(seen.at(-1)).toEqual(error('agent_died', 'The agent broke off.'))
  expect(JSON.stringify(seen)).not.toContain('secret')
})

test('[T1] who stops reading cancels the stream', async () => {
  const { stream, say, cancelled } = openStream()
  await say(delta('a'))
  for await (const _ of readTurnParts(stream)) break
  await expect(cancelled).resolves.toBeUndefined()
})

test('[T5] a signal ends the reading of an agent that is silent, and cancels its stream', async () => {
  const { stream, say, cancelled } = openStream()
  const stop = new AbortController()
  const reading = partsOf(stream, { signal: stop.signal })
  await say(delta('a'))
  stop.abort('stop')
  await expect(cancelled).resolves.toBe('stop')
  expect((await reading).filter(part => part.type === 'error')).toEqual([])
})
