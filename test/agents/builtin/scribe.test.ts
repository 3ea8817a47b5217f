import { expect, test } from 'vitest'
import { formatDuration } from '../../../src/agents/builtin/scribe/format-time.ts'
import { parseFutureTime, parsePastTime } from '../../../src/agents/builtin/scribe/parse-time.ts'
import { summaryOf } from '../../../src/agents/builtin/scribe/summary.ts'
import { Scribe } from '../../../src/agents/builtin/scribe.ts'
import { type RunOptions, runTurn } from '../../../src/agents/kit/testing.ts'
import { mentionsIn } from '../../../src/agents/mentions.ts'
import type { Reminder, TurnMessage } from '../../../src/protocol/turns.ts'
import { aMessage } from '../../support/agents.ts'

const now = '2026-11-21T09:00:00.000Z' // a Saturday
const ms = Date.parse(now)
const author = (name: string) => ({ id: name.toLowerCase(), name, kind: 'person' as const })

/** A circle with these messages, a minute apart, the last one a minute before now. */
function aCircle(contents: [name: string, content: string][]) {
  const log: TurnMessage[] = contents.map(([name, content], index) => {
    const at = new Date(ms - (contents.length - index) * 60_000).toISOString()
    return aMessage({ seq: index + 1, at, author: author(name), content })
  })
  const waiting: Reminder[] = []
  const circle: RunOptions<unknown>['circle'] = {
    search: async words => log.filter(({ content }) => content.includes(words)).reverse(),
    lines: async ({ before = log.length + 1, limit = 100 }) => {
      const all = log.filter(({ seq }) => seq < before)
      return { lines: all.slice(-limit), more: all.length > limit }
    },
    remind: async (at, text) => {
      const reminder = { id: `r${waiting.length}`, at, text, by: 'ada' }
      waiting.push(reminder)
      return reminder
    },
    reminders: async () => waiting,
    forget: async id => {
      const index = waiting.findIndex(reminder => reminder.id === id)
      return waiting.splice(index, 1).length > 0
    },
  }
  const ask = async (content: string, request = {}) => {
    const message = aMessage({ seq: log.length + 1, content })
    const result = await runTurn(Scribe, content, { circle, request: { now, message, ...request } })
    return result.outcome.type === 'failed' ? `failed: ${result.outcome.message}` : result.content
  }
  return { ask, waiting }
}

test.each([
  ['in 20 minutes to feed the cat', '2026-11-21T09:20:00.000Z'],
  ['at 17:30 to go home', '2026-11-21T17:30:00.000Z'],
  ['at 8 to get up', '2026-11-22T08:00:00.000Z'],
  ['at 9 sharp', '2026-11-22T09:00:00.000Z'],
  ['tomorrow at 9am', '2026-11-22T09:00:00.000Z'],
  ['next monday 10:00', '2026-11-23T10:00:00.000Z'],
  ['at 17:30 CET to go home', '2026-11-21T16:30:00.000Z'],
  ['in 90 seconds', '2026-11-21T09:01:30.000Z'],
])('a time in the future: %j is %s', (text, at) => {
  expect(new Date(parseFutureTime(text, ms)?.at ?? 0).toISOString()).toBe(at)
})

test.each([
  ['since monday', '2026-11-16T00:00:00.000Z'],
  ['since yesterday', '2026-11-20T00:00:00.000Z'],
  ['since 2 hours ago', '2026-11-21T07:00:00.000Z'],
  ['of the last 3 hours', '2026-11-21T06:00:00.000Z'],
  ['since 10:00', '2026-11-20T10:00:00.000Z'],
  ['since 08:30', '2026-11-21T08:30:00.000Z'],
])('a time in the past: %j is %s', (text, at) => {
  expect(new Date(parsePastTime(text, ms) ?? 0).toISOString()).toBe(at)
})

test.each([
  'tomorrow at 25:00 to x',
  'at 25:00 tomorrow to x',
  'tomorrow to x at 25:00',
  'tomorrow at 17:75 to x',
  'tomorrow at 13pm to x',
  'tomorrow at 99 to x',
  'on 32 march to x',
  'on 2027-13-01 to x',
  'on 2027/20/01 to x',
  'on 31.4. at 10:00 to x',
  'at 12:00 UTC+25 to x',
])('a time that there is not is no time, whatever else is said: %j', text => {
  expect(parseFutureTime(text, ms)).toBeNull()
})

test.each(['tomorrow at 9 to join the 17:30 call', 'tomorrow to buy 2 eggs', 'to pay 12.50 tomorrow'])(
  'a number in the text of a reminder is no part of its time: %j',
  text => {
    expect(parseFutureTime(text, ms)?.at).toBeGreaterThan(ms)
  },
)

test('a text without a time has none', () => {
  expect([parseFutureTime('to feed the cat', ms), parsePastTime('', ms)]).toEqual([null, null])
})

test('the time until then is rounded', () => {
  expect([30_000, 1_200_000, 30_600_000, 7_200_000, 5 * 86_400_000].map(formatDuration)).toEqual([
    'in 30 s',
    'in 20 min',
    'in 8 h 30 min',
    'in 2 h',
    'in 5 days',
  ])
})

const meeting: [string, string][] = [
  ['Ada', 'good morning'],
  ['Bob', 'the release build fails on the login test since last night'],
  ['Ada', 'I saw it, the login test times out on the release build'],
  ['Eve', 'lunch at noon?'],
  ['Bob', 'the session cookie expires too early, so the login test times out'],
  ['Ada', 'then we fix the session cookie before the release'],
  ['Eve', 'pizza again, please'],
  ['Bob', 'I fix the session cookie today'],
]

test('a summary is the most central messages, in their order', () => {
  const messages = meeting.map(([name, content], index) => aMessage({ seq: index + 1, author: author(name), content }))
  const chosen = summaryOf(messages, 3).map(({ seq }) => seq)
  expect(chosen).toEqual([...chosen].sort((a, b) => a - b))
  expect(chosen).not.toContain(1)
  expect(chosen).not.toContain(4)
  expect(chosen).not.toContain(7)
})

test('of similar messages, a summary keeps one', () => {
  const same = Array.from({ length: 5 }, (_, index) =>
    aMessage({ seq: index + 1, content: 'the build is red again today' }),
  )
  expect(summaryOf([...same, aMessage({ seq: 6, content: 'the deploy to staging went well' })], 3)).toHaveLength(2)
})

test('@scribe summary', async () => {
  const { ask } = aCircle(meeting)
  const summary = await ask('@scribe summary')
  expect(summary).toMatch(/^\*\*8 messages\*\*, from Ada \(3\), Bob \(3\), Eve \(2\)\. Highlights:\n- `#/)
  expect(summary).toContain('session cookie')
  expect(await ask('@scribe summary since 3 minutes ago')).toMatch(/^\*\*3 messages since Sat 21 Nov 08:57 UTC\*\*/)
  expect(await aCircle([]).ask('@scribe summary')).toBe('There are no messages.')
})

test('@scribe search', async () => {
  const { ask } = aCircle(meeting)
  expect(await ask('@scribe search pizza')).toBe('- `#7` Sat 21 Nov 08:58 · **Eve**: pizza again, please')
  expect(await ask('@scribe search unicorns')).toBe('I found nothing.')
  expect(await ask('@scribe search')).toBe('failed: Which words should I search for?')
})

test('@scribe remind me', async () => {
  const { ask, waiting } = aCircle(meeting)
  expect(await ask('@scribe remind me in 20 minutes to feed the cat')).toBe(
    'I will remind you in 20 min (Sat 21 Nov 09:20 UTC): feed the cat',
  )
  await ask('@scribe remind me to call Bob tomorrow at 17:30')
  await ask('@scribe remind me at 17:30')
  expect(waiting.map(({ at, text }) => [at, text])).toEqual([
    ['2026-11-21T09:20:00.000Z', 'feed the cat'],
    ['2026-11-22T17:30:00.000Z', 'call Bob'],
    ['2026-11-21T17:30:00.000Z', 'you wanted to be reminded'],
  ])
  expect(await ask('@scribe remind me to do it')).toContain('failed: When?')
  expect(await ask('@scribe remind me yesterday to do it')).toContain('failed: When?')
  expect(await ask('@scribe reminders')).toContain('1. Sat 21 Nov 09:20 UTC, in 20 min: feed the cat')
  expect(await ask('@scribe forget 1')).toBe('Removed: feed the cat')
  expect([await ask('@scribe forget 9'), waiting.length]).toEqual([
    'failed: Which one? Send `reminders` for a list.',
    2,
  ])
})

test.each([
  ['spaces', `to${' '.repeat(32_000)}eat`],
  ['commas behind it', `to eat${' ,'.repeat(16_000)}`],
])('a reminder with thousands of %s', async (_, text) => {
  expect(await aCircle([]).ask(`@scribe remind me in 5 minutes ${text}`)).toBe(
    'I will remind you in 5 min (Sat 21 Nov 09:05 UTC): eat',
  )
})

test('a summary names the twenty most active authors', async () => {
  const { ask } = aCircle(Array.from({ length: 30 }, (_, n) => [`Author ${n}`, 'the build is red again today']))
  expect(await ask('@scribe summary')).toMatch(/Author 19 \(1\), 10 others\./)
})

test('a reminder is sent when it is due', async () => {
  const { ask } = aCircle([])
  expect(await ask('@scribe remind me', { reminder: { text: 'ask @owl', set_at: now } })).toBe(
    '⏰ **Ada**: ask @\u2060owl',
  )
})

test('@scribe transcript', async () => {
  const { ask } = aCircle(meeting.slice(0, 2))
  expect(await ask('@scribe transcript')).toBe(
    '### 2026-11-21\n\n**Ada** 08:58  \ngood morning\n\n**Bob** 08:59  \nthe release build fails on the login test since last night',
  )
  const long = aCircle(Array.from({ length: 40 }, (_, n) => ['Ada', `${n} ${'x'.repeat(1_000)}`]))
  const transcript = await long.ask('@scribe transcript')
  expect(transcript).toMatch(/^_\d+ older messages did not fit/)
  expect(transcript).toContain('39 xxx')
  expect(new TextEncoder().encode(transcript).byteLength).toBeLessThan(32_768)
})

test('[T7] a quote of the scribe prompts no agent', async () => {
  const { ask } = aCircle([['@owl', '@owl please look at the build with @pickle today']])
  const known = new Set(['owl', 'pickle'])
  const prompts = [
    '@scribe summary',
    '@scribe search please',
    '@scribe transcript',
    '@scribe remind me in 5 minutes to ask @owl',
  ]
  for (const content of prompts) expect(mentionsIn(await ask(content), known)).toEqual([])
})

test('anything else gets the list of commands', async () => {
  const { ask } = aCircle(meeting)
  for (const content of ['@scribe', '@scribe hello', 'help', '@scribe ???']) {
    expect(await ask(content)).toMatch(/^I keep the minutes/)
  }
})

test('messages to the scribe are left out of the minutes', async () => {
  const { ask } = aCircle([
    ['Ada', 'the build is red again today'],
    ['Ada', '@scribe search build'],
  ])
  expect(await ask('@scribe summary')).toMatch(/^\*\*1 message\*\*/)
})

test('a summary reads the newest messages of a period, up to 200,000 characters, however many words they have', async () => {
  const words = Array.from({ length: 2_000 }, (_, index) => `w${index}`).join(' ')
  const { ask } = aCircle(Array.from({ length: 1_000 }, () => ['Ada', words]))
  expect(await ask('@scribe summary since monday')).toMatch(/^\*\*The newest 18 messages since /)
})

test('a summary of 5,000 short messages scores each against all at once', () => {
  const messages = Array.from({ length: 5_000 }, (_, seq) => {
    const content = Array.from({ length: 15 }, (_, word) => `w${(seq * 31 + word * 17) % 4_001}`).join(' ')
    return aMessage({ seq: seq + 1, content })
  })
  expect(summaryOf(messages, 7)).toHaveLength(7)
})
