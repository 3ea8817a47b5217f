import { expect, test } from 'vitest'
import { builtinCommands } from '../../../src/protocol/commands/commands.ts'
import { events } from '../../../src/protocol/dialects/inbound-outbound.ts'
import type { EventOf } from '../../../src/protocol/events/events.ts'
import { anEvent, encodeContext } from '../../support/events.ts'

const decode = (frame: unknown) =>
  events.decode(typeof frame === 'string' ? frame : JSON.stringify(frame), builtinCommands)
const message = { content: 'Hello, Pickle!', user_id: 'guest:x', user_name: 'X', client_id: null, hop: 0 }
const seconds = Date.UTC(2026, 10, 21, 9) / 1000

test('[D3] a message names its platform, and the agent it is addressed to', () => {
  const command = { type: 'message', id: null, data: { content: 'hi' } }
  expect(decode({ source: 'test', content: 'hi' })).toEqual({ command, origin: { source: 'test' } })
  expect(decode({ source: 'test', content: 'hi', agent_id: null })).toEqual({ command, origin: { source: 'test' } })
  expect(decode({ source: 'test', content: 'hi', agent_id: 'owl' })).toEqual({
    command: { ...command, data: { content: 'hi', to: 'owl' } },
    origin: { source: 'test' },
  })
})

test('[D3] a message, to the letter', () => {
  expect(events.encode(anEvent('message', message, { source: 'test' }), encodeContext)).toBe(
    `{"type":"InboundEvent","session_id":"session of test","source":"platform-ws:test","content":"Hello, Pickle!","timestamp":${seconds},"retry_count":0}`,
  )
})

test('[D3] a reply, to the letter', () => {
  const data = {
    content: 'Miau',
    agent_id: 'pickle',
    agent_name: 'Pickle',
    turn: 't',
    in_reply_to: 6,
    session_id: 's',
    hop: 1,
  }
  expect(events.encode(anEvent('agent_message', data), encodeContext)).toBe(
    `{"type":"OutboundEvent","session_id":"s","source":"agent:pickle","content":"Miau","timestamp":${seconds},"error":null}`,
  )
})

test('[D3] a failed turn: no content, and the error', () => {
  const data = { turn: 't', agent_id: 'pickle', in_reply_to: 6, code: 'x', message: 'The agent failed.', attempts: 3 }
  expect(events.encode(anEvent('turn_failed', data, { session: 's' }), encodeContext)).toBe(
    `{"type":"OutboundEvent","session_id":"s","source":"agent:pickle","content":"","timestamp":${seconds},"error":"The agent failed."}`,
  )
})

test('[D3] a retry is the same message with a higher count', () => {
  const event = anEvent('message', message, { source: 'test' }) as EventOf<'message'>
  const [first, retried] = [event, { type: 'retry' as const, event, attempt: 2, at: 0 }].map(frame =>
    JSON.parse(events.encode(frame, encodeContext) ?? ''),
  )
  expect(retried).toEqual({ ...first, retry_count: 2 })
})

test('[D3] a user of another dialect is a platform of their own', () => {
  expect(JSON.parse(events.encode(anEvent('message', message), encodeContext) ?? '')).toMatchObject({
    source: 'platform-ws:guest:x',
    session_id: 'session of guest:x',
  })
})

test.each([
  ['{nope', 'bad_frame'],
  ['[]', 'bad_frame'],
  [{ content: 'hi' }, 'invalid'],
  [{ source: 'test' }, 'invalid'],
  [{ source: '', content: 'hi' }, 'invalid'],
  [{ source: 'test', content: 7 }, 'invalid'],
  [{ source: 'test', content: 'hi', agent_id: 7 }, 'invalid'],
])('[D3] [E1] %j is a validation error', (frame, code) => {
  const decoded = decode(frame)
  expect(decoded).toMatchObject({ refusal: { code } })
  if (!('refusal' in decoded)) return
  const text = events.encode({ type: 'error', data: decoded.refusal, at: 0 }, encodeContext) ?? ''
  expect(JSON.parse(text)).toEqual({ type: 'error', message: expect.stringMatching(/^Validation error: ./) })
})

test.each(['guest:ada', 'agent：pickle', 'guest\ua789ada', 'guest\u2236ada', '\u3164', '\u202e', ' '])(
  '[D3] nobody can name %j as the source',
  source => {
    expect(decode({ source, content: 'hi' })).toMatchObject({ refusal: { code: 'invalid' } })
  },
)
