import assert from 'node:assert/strict'
import { type Case, closedAtEnd, commandCase, dialectCase } from '../case.ts'
import { assertResponse, type Frame, type Harness } from '../harness.ts'

const events = { dialect: 'events', path: '/ws?circle={circle}' }
const invalid = {
  expected: 'a validation error',
  matches: (frame: Frame) => /^Validation error: ./.test(String(frame['message'])),
}

/** Texts and names that are not what they seem, and bodies that are not UTF-8. */
export const talkSecurityCases: Case[] = [
  ...['guest:ada', 'guest：ada', '\u3164', '\u202e'].map(source =>
    dialectCase(events, `a source ${JSON.stringify(source)}`, JSON.stringify({ source, content: 'x' }), invalid),
  ),
  ...['\u202e', '\u200b', 'lol', '👍👍'].map(emoji =>
    commandCase('react', `an emoji ${JSON.stringify(emoji)}`, { seq: 1, emoji }, 'invalid'),
  ),
  commandCase(
    'message',
    'a key __proto__ deep in meta',
    JSON.parse('{"content":"x","meta":{"a":{"__proto__":{}}}}'),
    'invalid',
  ),
  commandCase('signal', 'an id with a control character', { name: 'x', value: 1, to: 'a\u0007' }, 'invalid'),
  commandCase('message', 'only fillers', { content: '\u3164\u2800' }, 'empty'),
  ...['%E3%85%A4', '%E2%A0%80', '%C2%AD', '%EF%BC%A1gent%EF%BC%9Apickle'].map(nameCase),
  bytesCase('Latin-1', {}, '400 bad_json'),
  bytesCase('another charset', { 'content-type': 'application/json; charset=iso-8859-1' }, '415 unsupported_type'),
  bytesCase('gzip', { 'content-encoding': 'gzip' }, '415 unsupported_type'),
  ...['main\u001b]0;x\u0007', 'ma\nin'].map(branchCase),
  {
    area: 'native signal',
    input: 'a name with an escape sequence',
    expected: 'received without it',
    async run(harness) {
      await using ada = await closedAtEnd(harness.openNative())
      await using bob = await closedAtEnd(harness.openNative())
      await bob.next(({ type }) => type === 'welcome')
      ada.send({ type: 'signal', id: 's1', data: { name: 'a\u001b]0;x\u0007', value: 1 } })
      const { data } = await bob.next(({ type }) => type === 'signal')
      assert.equal(data?.['name'], 'a]0;x')
    },
  },
]

function nameCase(name: string): Case {
  const run = async (harness: Harness) =>
    assertResponse(
      await harness.requestUpgrade(`/ws/circles/${harness.circle}?name=${name}`, {}, null),
      '400 invalid_name',
    )
  return { area: 'name', input: `?name=${name}`, expected: '400', policy: 'open', run }
}

/** A git branch that a program publishes. */
function branchCase(branch: string): Case {
  const run = async (harness: Harness) => {
    const lists = { staged: [], changed: [], untracked: [], conflicted: [] }
    const data = { branch, head: null, ahead: 0, behind: 0, ...lists }
    const event = { id: 'b1', source: 'test', type: 'workspace.git_status', workspace_id: harness.circle, data }
    const { text } = await harness.post('/api/events', [event])
    assert.doesNotMatch(text, /"seq"/)
    assert.match(text, /"invalid"/)
  }
  return { area: 'events', input: `a branch ${JSON.stringify(branch)}`, expected: 'invalid', run }
}

function bytesCase(input: string, more: Record<string, string>, refusal: string): Case {
  const run = async (harness: Harness) => {
    const headers = { 'content-type': 'application/json', ...more }
    const body = Buffer.from('{"content":"caf\xe9"}', 'latin1')
    const path = `/api/circles/${harness.circle}/messages`
    assertResponse(await harness.request({ method: 'POST', path, headers, body }), refusal)
  }
  return { area: 'HTTP body', input: `${input}, no UTF-8`, expected: refusal, run }
}
