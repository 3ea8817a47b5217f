import { expect, test } from 'vitest'
import { EventStream } from '../../../src/http/routes/sse.ts'

const signal = { type: 'signal', data: { name: 'metrics', value: 0.5, user_id: 'ada' } }
const frames = [signal, { type: 'typing', data: { active: true } }].map(frame => JSON.stringify(frame))

test.each([
  [{}, ''],
  [{ signals: true }, `event: signal\ndata: ${JSON.stringify(signal)}\n\n`],
])('[W] of ephemeral frames a stream carries signals, if it was asked for them: %j', async (options, expected) => {
  const stream = new EventStream(() => {}, options)
  stream.deliver('', { frames })
  stream.end(1000, '')
  expect(await new Response(stream.body).text()).toBe(`${expected}event: end\ndata: {"code":1000,"reason":""}\n\n`)
})
