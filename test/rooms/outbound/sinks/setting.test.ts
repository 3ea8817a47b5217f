import { expect, test } from 'vitest'
import { sendToSink } from '../../../../src/rooms/outbound/sinks/send.ts'
import { readSinks, sinksProblem, takesChannel } from '../../../../src/rooms/outbound/sinks/setting.ts'
import { app } from '../../../support/app.ts'
import { fakeChannels, openHere } from '../../../support/fake-channels.ts'

const text = JSON.stringify([
  { queue: 'AUDIT' },
  { service: 'MIRROR', channels: ['circle:Dev-*', 'workspace:acme'], events: ['message'] },
])
const [audit, mirror] = readSinks(text)
if (audit === undefined || mirror === undefined) throw new Error('expected two sinks')

test('[W] the setting names queues and services, for circles with some names or for all', () => {
  expect([audit, mirror]).toEqual([
    { id: 'queue:AUDIT', to: 'queue', binding: 'AUDIT', channels: ['circle:*'], events: null },
    {
      id: 'service:MIRROR',
      to: 'service',
      binding: 'MIRROR',
      channels: ['circle:dev-*', 'workspace:acme'],
      events: ['message'],
    },
  ])
  const taken = (name: string) => [takesChannel(audit, name), takesChannel(mirror, name)]
  expect(taken('circle:dev-team')).toEqual([true, true])
  expect(taken('circle:ops')).toEqual([true, false])
  expect(taken('workspace:acme')).toEqual([false, true])
})

test.each([
  [undefined, null],
  ['', null],
  [text, null],
  ['{', 'SINKS is not valid: This value must be a list.'],
  ['[{"queue":"AUDIT","channel":"x"}]', expect.stringMatching(/^SINKS is not valid: /)],
  ['[{"queue":"AUDIT","service":"MIRROR"}]', expect.stringMatching(/^SINKS is not valid: /)],
  ['[{"queue":"AUDIT"},{"queue":"AUDIT","events":["message"]}]', 'SINKS lists queue:AUDIT twice.'],
  ['[{"queue":"NOWHERE"}]', 'SINKS names NOWHERE, which is not bound to this Worker.'],
])('[W] a setting with a mistake is told to the operator: %s', async (SINKS, problem) => {
  const bindings = { AUDIT: {}, MIRROR: {}, ...(SINKS !== undefined && { SINKS }) }
  expect(sinksProblem(bindings)).toEqual(problem)
  const { env } = fakeChannels({ ...openHere, LOG: 'off' })
  const response = await app.fetch(new Request('https://circles.test/api/circles/dev/members'), { ...env, ...bindings })
  if (problem !== null) {
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({ error: { code: 'unavailable', message: problem } })
  } else expect(response.status).not.toBe(503)
})

const event = { type: 'message', seq: 1, channel: 'circle:dev', epoch: 'e1' } as never

test('[W] a queue is sent the event as JSON, and a service is called with it', async () => {
  const calls: unknown[] = []
  const AUDIT = { send: async (...args: unknown[]) => void calls.push(args) }
  const MIRROR = { deliver: async (...args: unknown[]) => void calls.push(args) }
  await sendToSink({ AUDIT }, audit, event)
  await sendToSink({ MIRROR }, mirror, event)
  expect(calls).toEqual([[event, { contentType: 'json' }], [event]])
})

test('[W] a sink that throws, or is not bound, did not take the event', async () => {
  const MIRROR = { deliver: () => Promise.reject(new Error('the disk is full')) }
  await expect(sendToSink({ MIRROR }, mirror, event)).rejects.toThrow('the disk is full')
  await expect(sendToSink({}, audit, event)).rejects.toThrow('expected the binding AUDIT, got none')
})
