import { expect, test } from 'vitest'
import * as z from 'zod'
import { defineProtocol, ownEvents } from '../../../src/protocol/define-protocol.ts'
import { dialectFrames } from '../../../src/protocol/dialects/dialect-frames.ts'
import { dialects } from '../../../src/protocol/dialects/index.ts'
import type { LoggedEvent } from '../../../src/protocol/events/events.ts'
import type { AnyFrame } from '../../../src/protocol/frames.ts'
import { builtinTables } from '../../../src/protocol/tables.ts'

const frames = dialectFrames(builtinTables.events)
const context = { channel: 'circle:x', events: builtinTables.events, sessionId: () => 'memory' }
const base = { at: 1_000, id: 'm1', user: 'guest:ada' }
const message = {
  ...base,
  type: 'message',
  seq: 1,
  data: { content: 'hello', user_id: 'guest:ada', user_name: 'ada', client_id: null, hop: 0 },
} as unknown as LoggedEvent
const reply = {
  ...base,
  type: 'agent_message',
  seq: 2,
  data: { agent_id: 'owl', agent_name: 'Owl', content: 'hoo', turn: 't1', in_reply_to: 1, session_id: 's', hop: 1 },
} as unknown as LoggedEvent
const failed = {
  ...base,
  type: 'turn_failed',
  seq: 3,
  data: { turn: 't1', agent_id: 'owl', in_reply_to: 1, code: 'agent_error', message: 'It failed.', attempts: 3 },
} as unknown as LoggedEvent
const refusal: AnyFrame = { type: 'error', data: { code: 'empty', message: 'It is empty.' }, at: 1 }
const signal: AnyFrame = { type: 'signal', data: { name: 'wave', value: [3], user_id: 'ada' }, at: 1 }
const pong: AnyFrame = { type: 'pong', data: {}, at: 1 }

test.each(['plain', 'events', 'text'] as const)('[W] what %s sends is one of its documented frames', name => {
  const sent = Object.values(frames[name].sent)
  for (const frame of [message, reply, failed, refusal, signal, pong]) {
    const text = dialects[name].encode(frame, context)
    if (text === null) continue
    const value = text.startsWith('{') ? JSON.parse(text) : text
    expect([value, sent.some(schema => schema.safeParse(value).success)]).toEqual([value, true])
  }
})

test('[W] the plain frame of an event of one’s own has nothing that is not documented', () => {
  const event = {
    data: z.strictObject({ poll: z.int() }),
    description: 'Nobody can vote any more.',
    text: ({ data }: { data: { poll: number } }) => `${data.poll}`,
  }
  const events = ownEvents(defineProtocol({ events: { poll_closed: event, poll_voted: event.data } }))
  const { sent } = dialectFrames(events).plain
  const closed = { ...base, type: 'poll_closed', seq: 4, data: { poll: 1 } } as unknown as LoggedEvent
  const frame = JSON.parse(dialects.plain.encode(closed, { ...context, events }) ?? 'null')
  expect(frame).toMatchObject({ type: 'poll_closed', content: '1', data: { poll: 1 } })
  expect((sent['poll_closed'] as z.ZodObject | undefined)?.strict().parse(frame)).toEqual(frame)
  expect(sent['poll_closed']?.description).toBe('Nobody can vote any more.')
  expect(Object.keys(sent)).not.toContain('poll_voted') // it has no text
})

test.each([
  ['plain', '{"type":"message","content":"x"}'],
  ['plain', '{"type":"user_message","content":"x"}'],
  ['plain', '{"content":"x"}'],
  ['plain', '{"type":"ping"}'],
  ['plain', '{"type":"pong"}'],
  ['plain', '{"type":"auth","token":"t"}'],
  ['plain', 'hello'],
  ['events', '{"source":"slack","content":"x"}'],
  ['events', '{"source":"slack","content":"x","agent_id":"owl"}'],
  ['events', '{"type":"ping"}'],
  ['text', 'hello'],
] as const)('[W] %s takes %s, as it is documented', (name, text) => {
  const value = text.startsWith('{') ? JSON.parse(text) : text
  expect(Object.values(frames[name].received).some(schema => schema.safeParse(value).success)).toBe(true)
  expect(dialects[name].decode(text, builtinTables.commands)).not.toHaveProperty('refusal')
})
