import { abortAllDurableObjects } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { type Member, member } from '../../support/member.ts'

/** What the scribe answers to a line. */
async function ask(ada: Member, content: string) {
  const id = ada.ask('message', { content })
  const ack = await ada.until(({ type, data }) => type === 'ack' && data.id === id)
  const answer = await ada.until(frame => frame.data.in_reply_to === ack?.data.seq && 'seq' in frame)
  return { seq: ack?.data.seq as number, answer: (answer?.data.content ?? answer?.data.message) as string }
}

test('the scribe searches, summarises and writes down its circle, over the service binding', async () => {
  const ada = await member('/ws/circles/minutes')
  ada.ask('message', { content: 'the release build fails on the login test' })
  ada.ask('message', { content: 'so we fix the login test before the release' })
  expect((await ask(ada, '@scribe search login')).answer).toMatch(/^- `#2` .*\n- `#1` .*the release build fails/)
  expect((await ask(ada, '@scribe summary')).answer).toMatch(/^\*\*2 lines\*\*, by guest ada \(2\)|^\*\*2 lines\*\*/)
  expect((await ask(ada, '@scribe transcript')).answer).toContain('the release build fails on the login test')
  expect((await ask(ada, '@scribe remind me yesterday')).answer).toContain('When?')
  ada.close()
})

test('a reminder comes once, at its time, although the circle crashed meanwhile', async () => {
  const ada = await member('/ws/circles/reminded')
  const { seq, answer } = await ask(ada, '@scribe remind me in 3 seconds to feed the cat')
  expect(answer).toMatch(/^I will remind you in 3 s .*: feed the cat$/)
  await abortAllDurableObjects()
  const again = await member('/ws/circles/reminded')
  expect((await ask(again, '@scribe reminders')).answer).toContain('feed the cat')
  const told = await again.until(({ type, data }) => type === 'agent_message' && data.in_reply_to === seq)
  expect(told?.data.content).toMatch(/^⏰ .*: feed the cat$/)
  expect((await ask(again, '@scribe reminders')).answer).toBe('Nothing is waiting for you.')
  expect(again.frames.filter(({ type, data }) => type === 'agent_message' && data.in_reply_to === seq)).toHaveLength(1)
})

test("[T11] an agent's own channel tells what it did and where", async () => {
  const watcher = await member('/ws/agents/scribe', 'bob')
  const ada = await member('/ws/circles/watched')
  await ask(ada, '@scribe search nothing')
  await watcher.until(({ type, data }) => type === 'agent_activity' && data.activity === 'finished')
  const seen = watcher.frames.filter(({ type, data }) => type === 'agent_activity' && data.channel === 'circle:watched')
  expect(seen.map(({ data }) => [data.activity, data.detail])).toEqual([
    ['started', undefined],
    ['status', 'search'],
    ['finished', undefined],
  ])
})
