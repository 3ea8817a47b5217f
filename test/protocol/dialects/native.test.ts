import { expect, test } from 'vitest'
import { builtinCommands } from '../../../src/protocol/commands/commands.ts'
import { readCommandId } from '../../../src/protocol/dialects/command-id.ts'
import { native } from '../../../src/protocol/dialects/native.ts'

const decode = (frame: unknown) =>
  native.decode(typeof frame === 'string' ? frame : JSON.stringify(frame), builtinCommands)
const message = { type: 'message', id: 'm1', data: { content: 'hi' } }

test('[D5] [N3] a command is read', () => {
  expect(decode(message)).toEqual({ command: message })
})

test.each([
  ['{nope', 'bad_frame'],
  ['[]', 'bad_frame'],
  ['123', 'bad_frame'],
  ['"x"', 'bad_frame'],
  ['null', 'bad_frame'],
  ['', 'bad_frame'],
  ['[{"type":"ping"}]', 'bad_frame'],
  ['['.repeat(20_000), 'too_deep'],
  [`{"type":"signal","data":{"name":"x","value":${'['.repeat(16)}${']'.repeat(16)}}}`, 'too_deep'],
  [{ data: {} }, 'bad_frame'],
  [{ type: 7 }, 'bad_frame'],
  [{ type: '__proto__' }, 'unknown_type'],
  [{ type: 'toString' }, 'unknown_type'],
  [{ type: 'welcome', id: 'a', data: {} }, 'unknown_type'],
  ['{"type":"message","id":"a","data":{"content":"x","__proto__":{"polluted":true}}}', 'bad_frame'],
  ['{"type":"message","id":"a","data":{"content":"x"},"__proto__":{"polluted":true}}', 'bad_frame'],
  [{ ...message, seq: 1 }, 'bad_frame'],
  [{ ...message, user: 'ada' }, 'bad_frame'],
  [{ ...message, role: 'owner' }, 'bad_frame'],
  [{ ...message, timestamp: 'now' }, 'bad_frame'],
  [{ type: 'message', data: { content: 'hi' } }, 'bad_frame'],
  [{ ...message, id: '' }, 'bad_frame'],
  [{ ...message, id: 'a b' }, 'bad_frame'],
  [{ ...message, id: 'x'.repeat(65) }, 'bad_frame'],
  [{ ...message, id: 7 }, 'bad_frame'],
  [{ ...message, data: [] }, 'bad_frame'],
  [{ ...message, data: 'hi' }, 'bad_frame'],
  ['{"type":"react","id":"a","data":{"seq":1e400,"emoji":"x"}}', 'invalid'],
  ['{"type":"react","id":"a","data":{"seq":-0,"emoji":"x"}}', 'invalid'],
  ['{"type":"history","id":"a","data":{"before":1,"after":1}}', 'invalid'],
])('[N5] [E1] %j', (frame, code) => {
  expect(decode(frame)).toMatchObject({ refusal: { code } })
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
})

test('[N3] a refusal has the id of its command, if that is valid', () => {
  expect(decode({ ...message, type: 'nope' })).toMatchObject({ id: 'm1' })
  expect(decode({ ...message, id: 'a b' })).toMatchObject({ id: null })
})

test.each([
  ['first', '{"id":"m1","type":"message"}', 'm1'],
  ['last, after data that has an id of its own', '{"data":{"id":"no","a":"{\\"id\\":1"},"id" : "m1"}', 'm1'],
  ['in a frame that is cut off', '{"type":"message","id":"m1","data":{"content":"…', 'm1'],
  ['behind a string with escapes', '{"type":"a\\\\","b":"\\"","id":"m1"}', 'm1'],
  ['absent', '{"type":"message","data":{"id":"no"}}', null],
  ['a value and no key', '{"type":"id","b":"m1"}', null],
  ['malformed', '{"id":"a b"}', null],
  ['no string', '{"id":7}', null],
  ['in an array', '["id","m1"]', null],
  ['nowhere', '"id', null],
])('[N3] the id of a frame that is refused unread: %s', (_, text, id) => {
  expect(readCommandId(text)).toBe(id)
})

test('[N3] a frame that nests too deep is refused under its id', () => {
  const value = JSON.parse('['.repeat(20) + ']'.repeat(20))
  expect(decode({ type: 'signal', data: { name: 'x', value }, id: 's1' })).toMatchObject({
    refusal: { code: 'too_deep' },
    id: 's1',
  })
})

test.each(['typing', 'presence', 'signal', 'read', 'ping'])('[N3] %s may leave out its id', type => {
  const data = {
    typing: { active: true },
    presence: { state: {} },
    signal: { name: 'x', value: 1 },
    read: { seq: 1 },
    ping: {},
  }
  const sample = new Map<string, object>(Object.entries(data)).get(type) ?? {}
  expect(decode({ type, data: sample })).toEqual({ command: { type, id: null, data: sample } })
})
