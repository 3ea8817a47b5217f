import { expect, test } from 'vitest'
import { builtinCommands } from '../../../src/protocol/commands/commands.ts'
import { text } from '../../../src/protocol/dialects/text.ts'
import { anEvent, encodeContext } from '../../support/events.ts'

test('[D4] every frame is a message, JSON or not', () => {
  for (const content of ['hi', '{"type":"message","content":"hi"}', '[]']) {
    expect(text.decode(content, builtinCommands)).toEqual({ command: { type: 'message', id: null, data: { content } } })
  }
})

test.each(['{"type":"ping"}', '{"type": "ping"}', ' {"type":"ping","data":{}}\n'])('[D4] %s is a heartbeat', frame => {
  expect(text.decode(frame, builtinCommands)).toEqual({ command: { type: 'ping', id: null, data: {} } })
  expect(text.encode({ type: 'pong', data: {}, at: 0 }, encodeContext)).toBe('{"type":"pong","data":{}}')
})

test('[D4] a pong is ignored; a word, and a ping with more in it, are messages', () => {
  expect(text.decode('{"type": "pong"}', builtinCommands)).toEqual({ nothing: true })
  for (const content of ['ping', '"ping"', '{"type":"ping","content":"x"}', `{"type":"ping"${' '.repeat(64)}}`]) {
    expect(text.decode(content, builtinCommands)).toEqual({ command: { type: 'message', id: null, data: { content } } })
  }
})

test('[D4] a reply is sent as its text, a failure as an error, and nothing else', () => {
  const reply = {
    content: 'Miau',
    agent_id: 'pickle',
    agent_name: 'Pickle',
    turn: 't',
    in_reply_to: 6,
    session_id: 's',
    hop: 1,
  }
  const failure = {
    turn: 't',
    agent_id: 'pickle',
    in_reply_to: 6,
    code: 'x',
    message: 'The agent failed.',
    attempts: 3,
  }
  const message = { content: 'hi', user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 }
  expect(text.encode(anEvent('agent_message', reply), encodeContext)).toBe('Miau')
  expect(text.encode(anEvent('turn_failed', failure), encodeContext)).toBe('{"error":"Processing failed"}')
  expect(text.encode(anEvent('message', message), encodeContext)).toBeNull()
})
