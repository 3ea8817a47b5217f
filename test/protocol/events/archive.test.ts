import { expect, test } from 'vitest'
import { readArchiveLine } from '../../../src/protocol/events/archive.ts'
import { builtinEvents } from '../../../src/protocol/events/builtin-events.ts'
import { start } from '../../support/test-room.ts'

const message = { content: 'hello', user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 }
const line = (more: object = {}, data: object = {}) => ({
  type: 'message',
  data: { ...message, ...data },
  timestamp: new Date(start).toISOString(),
  seq: 1,
  id: 'seq:1',
  user: 'ada',
  ...more,
})
const read = (event: object) => readArchiveLine(JSON.stringify(event), builtinEvents, start)
const agentMessage = {
  content: 'Meow',
  agent_id: 'pickle',
  agent_name: 'Pickle',
  turn: 't1',
  session_id: 's1',
  hop: 1,
}

test.each<[string, object, string]>([
  ['a seq that no log has reached yet', line({ seq: start * 1_000 + 1 }), 'its seq'],
  ['the greatest seq of all', line({ seq: Number.MAX_SAFE_INTEGER }), 'its seq'],
  ['a time in the far future', line({ timestamp: '9999-12-31T00:00:00.000Z' }), 'its timestamp'],
  ['a time more than a minute ahead', line({ timestamp: new Date(start + 60_001).toISOString() }), 'its timestamp'],
  ['a time before 1970', line({ timestamp: '0001-01-01T00:00:00.000Z' }), 'its timestamp'],
  ['empty content', line({}, { content: '' }), 'its content is empty'],
  ['invisible content', line({}, { content: ' \u200b\n' }), 'its content is empty'],
  ['content of control characters', line({}, { content: '\u0007\u001b' }), 'its content is empty'],
  ['content over 32 KiB', line({}, { content: 'x'.repeat(32_769) }), 'its content is too large'],
  ['content over 32 KiB in UTF-8', line({}, { content: 'é'.repeat(16_385) }), 'its content is too large'],
  ['broken Unicode', line({}, { content: 'a\ud800' }), 'its data does not match'],
  ['a broken user id', line({ user: 'a\ud800' }, { user_id: 'a\ud800' }), 'it is not an event'],
  ['meta over 1 KiB', line({}, { meta: { x: 'x'.repeat(1_024) } }), 'its meta is too large'],
  ['a name of 65 characters', line({}, { user_name: 'x'.repeat(65) }), 'its user_name is not valid text'],
  ['the name of an agent', line({}, { user_name: 'agent:pickle' }), 'its user_name is not valid text'],
  ['no name', line({}, { user_name: '\u202e' }), 'its user_name is not valid text'],
  ['another author than its user', line({}, { user_id: 'ceo' }), 'its data names another author'],
  ['an agent as its user', line({ user: 'agent:owl', type: 'agent_message', data: agentMessage }), 'its data names'],
  [
    'an edit of another user',
    line({ seq: 2, type: 'message_edited', data: { target: 1, content: 'x', user_id: 'eve' } }),
    'its data names another author',
  ],
  [
    'a long emoji',
    line({ seq: 2, type: 'reaction', data: { target: 1, emoji: '👍'.repeat(33), user_id: 'ada', removed: false } }),
    'its emoji is too large',
  ],
])('[W] an import refuses %s', (_, event, wrong) => {
  expect(read(event)).toMatchObject({ wrong: expect.stringContaining(wrong) })
})

test('[W] an import cleans texts as a message does', () => {
  const dirty = line(
    { origin: { source: 'a\u0007b', imported_by: 'eve' } },
    { content: 'a\u001b]0;x\u0007b\tc\n', user_name: 'A\u202eda' },
  )
  expect(read(dirty)).toMatchObject({
    data: { content: 'a]0;xb\tc\n', user_name: 'A da' },
    origin: { source: 'ab' },
  })
  expect(read(dirty)).not.toHaveProperty('origin.imported_by')
})

test.each<[string, object]>([
  ['the last seq', line({ seq: start * 1_000, timestamp: new Date(start + 60_000).toISOString() })],
  ['a deleted message', line({}, { content: '', deleted: true })],
  [
    'the edit of a deleted message',
    line({ seq: 2, type: 'message_edited', data: { target: 1, content: '', user_id: 'ada' } }),
  ],
  [
    'an agent that was stopped at once',
    line({ user: 'agent:pickle', type: 'agent_message', data: { ...agentMessage, content: '', stopped: true } }),
  ],
  ['meta', line({}, { meta: { user_name: ' x\u0007', n: [1, { a: null }] } })],
])('[W] an import takes %s as it is', (_, event) => {
  const { timestamp: _time, ...rest } = event as { timestamp: string }
  expect(read(event)).toEqual({ ...rest, at: Date.parse(_time) })
})

test('[W] whatever is appended to an imported log, it can be imported again', () => {
  expect(readArchiveLine(JSON.stringify(line({ seq: start * 1_000 + 500 })), builtinEvents, start + 1)).toMatchObject({
    seq: start * 1_000 + 500, // a message every 2 µs since the import
  })
})
