import { abortAllDurableObjects } from 'cloudflare:test'
import { afterEach, expect, test, vi } from 'vitest'
import { replyStream } from '../../../src/agents/kit/reply.ts'
import { Pickle } from '../../../src/agents/pickle.ts'
import type { Frame } from '../../support/a-room.ts'
import { noCircle } from '../../support/agents.ts'
import { chance } from '../../support/chance.ts'
import { isOf, type Member, member } from '../../support/member.ts'

afterEach(() => void vi.restoreAllMocks())

/** Pickle says this, one word at a time; `between` is awaited before each. */
const words = ['one ', 'two ', 'three ', 'four ', 'five']
function slowly(between: (call: number, word: number) => Promise<void>) {
  let calls = 0
  return vi.spyOn(Pickle.prototype, 'turn').mockImplementation(async () => {
    const call = ++calls
    return replyStream(
      async reply => {
        for (const [index, word] of words.entries()) {
          await between(call, index)
          await reply.delta(word)
        }
      },
      { circle: noCircle, decisions: [], report: () => {} },
    )
  })
}

const isEnd = ({ type }: Frame) => type === 'agent_message' || type === 'turn_failed'

/** The whole log, read back over a socket. */
async function logOf(ada: Member): Promise<Frame[]> {
  const id = ada.ask('history', { after: 0, limit: 200 })
  const history = await ada.until(({ type, data }) => type === 'history' && data.id === id)
  return history?.data.events as Frame[]
}

test('[T3] ten crashes at random moments in each of twenty turns: one end each, and never two', async () => {
  const random = chance(20261121)
  let calls = 0
  slowly(async () => {
    await scheduler.wait(1) // lets the object hear a word before the next
  }).mockName('calls')
  for (let turn = 0; turn < 20; turn++) {
    const path = `/ws/circles/crash-${turn}`
    let ada = await member(path)
    ada.ask('message', { content: '@pickle count' })
    for (let crash = 0; crash < 10; crash++) {
      // A random moment: so many frames after the socket opened, or at the end if that comes before.
      const moment = Math.floor(random() * 8)
      await ada.until((frame, index) => index >= moment || isEnd(frame))
      await abortAllDurableObjects()
      ada = await member(path)
      await ada.until(isOf('welcome'))
      const isStored = (await logOf(ada)).some(({ type }) => type === 'message')
      if (!isStored) ada.ask('message', { content: '@pickle count' }) // it was never acknowledged
      if ((await logOf(ada)).some(isEnd)) break
    }
    const head = (await logOf(ada)).find(isEnd) ?? (await ada.until(isEnd))
    expect(head).not.toBe(null)
    await abortAllDurableObjects()
    ada = await member(path)
    const log = await logOf(ada)
    const ends = log.filter(isEnd)
    expect(ends).toHaveLength(log.filter(({ type }) => type === 'message').length)
    for (const end of ends) if (end.type === 'agent_message') expect(end.data.content).toBe(words.join(''))
    calls += ends.length
    ada.close()
  }
  expect(calls).toBeGreaterThanOrEqual(20)
})
