import { expect, test } from 'vitest'
import { builtinCommands } from '../../../src/protocol/commands/commands.ts'
import { plain } from '../../../src/protocol/dialects/plain.ts'
import { anEvent, encodeContext } from '../../support/events.ts'

const decode = (frame: unknown) =>
  plain.decode(typeof frame === 'string' ? frame : JSON.stringify(frame), builtinCommands)
const encode = (...event: Parameters<typeof anEvent>) =>
  JSON.parse(plain.encode(anEvent(...event), encodeContext) ?? 'null')
const message = (content: string) => ({ command: { type: 'message', id: null, data: { content } } })

test.each([
  [{ type: 'message', content: 'hi' }, message('hi')],
  [
    { type: 'user_message', content: 'hi' },
    { ...message('hi'), origin: { type: 'user_message' } },
  ],
  [{ type: 'message', data: { content: 'hi' } }, message('hi')],
  [{ content: 'hi' }, message('hi')],
  ['hi', message('hi')],
  ['{nope', message('{nope')],
  ['[1,2]', message('[1,2]')],
  ['123', message('123')],
  ['null', message('null')],
  ['"x"', message('"x"')],
  ['{"type":"ping"}', { command: { type: 'ping', id: null, data: {} } }],
  [' { "type" : "ping", "data": {} } ', { command: { type: 'ping', id: null, data: {} } }],
  [{ type: 'pong' }, { nothing: true }],
  [{ type: 'auth', token: 't' }, { command: { type: 'auth', id: null, data: { token: 't' } } }],
  [{ content: 'hi', from: 'eve', user: 'eve', agent_id: 'owl', role: 'owner', seq: 1, timestamp: 'x' }, message('hi')],
])('[D2] %j is accepted', (frame, meaning) => {
  expect(decode(frame)).toEqual(meaning)
})

test.each([
  [{}, 'empty'],
  [{ type: 'message' }, 'empty'],
  [{ type: 'message', content: null }, 'empty'],
  [{ type: 'message', content: 7 }, 'invalid'],
  [{ type: 'message', data: 'hi' }, 'empty'],
  [{ type: 'message', data: null }, 'empty'],
  [{ type: '__proto__', content: 'x' }, 'unknown_type'],
  [{ type: 'toString', content: 'x' }, 'unknown_type'],
  [{ type: 7, content: 'x' }, 'unknown_type'],
  [{ type: 'auth' }, 'unauthenticated'],
  [`{"a":${'['.repeat(20)}${']'.repeat(20)}}`, 'too_deep'],
])('[D2] [E1] %j is refused', (frame, code) => {
  expect(decode(frame)).toMatchObject({ refusal: { code } })
})

const timestamp = '2026-11-21T09:00:00.000Z'
const channel = 'circle:dev'

test('[D1] a person’s message has its content twice, and the sender’s own type', () => {
  const data = { content: 'hi', user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 }
  expect(encode('message', data)).toEqual({ type: 'message', content: 'hi', data, timestamp, channel })
  expect(encode('message', data, { type: 'user_message' })).toMatchObject({ type: 'user_message', content: 'hi' })
})

test('[D1] an agent’s reply is one agent_message, whole', () => {
  const data = { content: 'hi', agent_id: 'owl', agent_name: 'Owl', turn: 't', in_reply_to: 1, session_id: 's', hop: 1 }
  expect(encode('agent_message', data)).toEqual({ type: 'agent_message', data, timestamp, channel })
})

test('[D1] a failed turn is an error', () => {
  const data = { turn: 't', agent_id: 'owl', in_reply_to: 1, code: 'x', message: 'The agent failed.', attempts: 3 }
  expect(encode('turn_failed', data)).toEqual({
    type: 'error',
    data: { code: 'agent_unavailable', message: 'The agent failed.', agent_id: 'owl' },
    timestamp,
    channel,
  })
})

test('[D1] events of agents, status, files and git are sent; those for native clients only are not', () => {
  const agent = { agent_id: 'owl', agent_name: 'Owl' }
  const status = { status: 'paused' as const, title: 'Dev', default_agent: null, user_id: 'olga' }
  expect(encode('agent_joined', agent)).toEqual({ type: 'agent_joined', data: agent, timestamp, channel })
  expect(encode('circle_status', status)).toEqual({ type: 'circle_status', data: status, timestamp, channel })
  expect(encode('file_changed', { path: 'a.ts' })).toMatchObject({ type: 'file_changed', data: { path: 'a.ts' } })
  expect(encode('reaction', { target: 1, emoji: 'x', user_id: 'ada', removed: false })).toBeNull()
  expect(encode('message_edited', { target: 1, content: 'x', user_id: 'ada' })).toBeNull()
})

test('[D1] pong has type and data only; a refusal has its code and message', () => {
  const at = Date.parse(timestamp)
  expect(plain.encode({ type: 'pong', data: {}, at }, encodeContext)).toBe('{"type":"pong","data":{}}')
  const error =
    plain.encode({ type: 'error', data: { code: 'empty', message: 'say something' }, at }, encodeContext) ?? ''
  expect(JSON.parse(error)).toEqual({
    type: 'error',
    data: { code: 'empty', message: 'say something' },
    timestamp,
    channel,
  })
  expect(
    plain.encode({ type: 'typing', data: { user_id: 'a', user_name: 'A', active: true }, at }, encodeContext),
  ).toBeNull()
})
