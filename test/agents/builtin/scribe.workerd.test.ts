import { abortAllDurableObjects } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { type Member, member } from '../../support/member.ts'

/** Sends a message and returns the scribe's reply. */
async function ask(ada: Member, content: string) {
  const id = ada.command('message', { content })
  const ack = await ada.until(({ type, data }) => type === 'ack' && data.id === id)
  const reply = await ada.until(frame => frame.data.in_reply_to === ack?.data.seq && 'seq' in frame)
  return { seq: ack?.data.seq as number, reply: (reply?.data.content ?? reply?.data.message) as string }
}

test('the scribe searches, summarises and transcribes its circle over the service binding', async () => {
  const ada = await member('/ws/circles/minutes')
  ada.command('message', { content: 'the release build fails on the login test' })
  ada.command('message', { content: 'so we fix the login test before the release' })
  expect((await ask(ada, '@scribe search login')).reply).toMatch(/^- `#2` .*\n- `#1` .*the release build fails/)
  expect((await ask(ada, '@scribe summary')).reply).toMatch(/^\*\*2 messages\*\*, from /)
  expect((await ask(ada, '@scribe transcript')).reply).toContain('the release build fails on the login test')
  expect((await ask(ada, '@scribe remind me yesterday')).reply).toContain('When?')
  ada.close()
})

test('a reminder is sent once, at its time, although the circle crashed in between', async () => {
  const ada = await member('/ws/circles/reminded')
  const { seq, reply } = await ask(ada, '@scribe remind me in 3 seconds to feed the cat')
  expect(reply).toMatch(/^I will remind you in 3 s .*: feed the cat$/)
  await abortAllDurableObjects()
  const again = await member('/ws/circles/reminded')
  expect((await ask(again, '@scribe reminders')).reply).toContain('feed the cat')
  const reminder = await again.until(({ type, data }) => type === 'agent_message' && data.in_reply_to === seq)
  expect(reminder?.data.content).toMatch(/^⏰ .*: feed the cat$/)
  expect((await ask(again, '@scribe reminders')).reply).toBe('You have no reminders.')
  expect(again.frames.filter(({ type, data }) => type === 'agent_message' && data.in_reply_to === seq)).toHaveLength(1)
})

test("[T11] an agent's own channel reports what it did and where", async () => {
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
