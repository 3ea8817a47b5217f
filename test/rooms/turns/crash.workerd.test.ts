import { abortAllDurableObjects, evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { Pickle } from '../../../src/agents/builtin/pickle.ts'
import { replyStream } from '../../../src/agents/kit/reply.ts'
import { noCircle } from '../../support/agents.ts'
import { isOf, type Member, member } from '../../support/member.ts'
import { seededRandom } from '../../support/random.ts'
import type { Frame } from '../../support/test-room.ts'

afterEach(() => void vi.restoreAllMocks())

/** Makes pickle reply one word at a time; `between` is awaited before each. */
const words = ['one ', 'two ', 'three ', 'four ', 'five ', 'six ', 'seven ', 'eight']
function mockSlowReplies(between: (call: number, word: number) => Promise<void>) {
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
      { circle: noCircle, turn: {}, report: () => {} },
    )
  })
}

const isEnd = ({ type }: Frame) => type === 'agent_message' || type === 'turn_failed'

/** Reads the whole log over a socket. */
async function logOf(ada: Member): Promise<Frame[]> {
  const id = ada.command('history', { after: 0, limit: 200 })
  const history = await ada.until(({ type, data }) => type === 'history' && data.id === id)
  return history?.data.events as Frame[]
}

test('[T3] ten crashes at random times in each of twenty turns: one end each, and never two', async () => {
  const random = seededRandom(20261121)
  const calls = mockSlowReplies(() => scheduler.wait(20)) // a turn of a few deltas
  const ends: Frame[] = []
  for (let group = 0; group < 4; group++) {
    const paths = Array.from({ length: 5 }, (_, turn) => `/ws/circles/crash-${group}-${turn}`)
    let prompting = await Promise.all(paths.map(promptIn))
    for (let crash = 0; crash < 10; crash++) {
      // At a random time: after so many frames of one of the sockets, or at the end of its turn if that is earlier.
      const frameCount = Math.floor(random() * 10)
      await prompting[crash % prompting.length]?.until((frame, index) => index >= frameCount || isEnd(frame))
      await abortAllDurableObjects()
      prompting = await Promise.all(paths.map(promptIn))
    }
    await Promise.all(prompting.map(ada => ada.until(isEnd)))
    await abortAllDurableObjects()
    for (const path of paths) {
      const ada = await member(path)
      const log = await logOf(ada)
      expect(log.map(({ type }) => type).toSorted()).toEqual([log.find(isEnd)?.type, 'message'].toSorted())
      ends.push(...log.filter(isEnd))
      ada.close()
    }
  }
  const replies = ends.filter(isOf('agent_message'))
  expect(replies.map(({ data }) => data.content)).toEqual(replies.map(() => words.join('')))
  expect(ends).toHaveLength(20)
  expect(calls.mock.calls.length).toBeGreaterThan(20) // some calls were lost and repeated
})

/** Opens a socket and sends the prompt, unless it is stored already; a missed end is added to the frames. */
async function promptIn(path: string): Promise<Member> {
  const ada = await member(path)
  const log = await logOf(ada)
  if (!log.some(isOf('message'))) ada.command('message', { content: '@pickle count' })
  ada.frames.push(...log.filter(isEnd))
  return ada
}

test('[T3] [T4] an instance that is evicted in the middle of a turn leaves one complete reply', async () => {
  const evicted = Promise.withResolvers<void>()
  const calls = mockSlowReplies(async (call, word) => {
    if (call === 1 && word === 3) await evicted.promise
    else await scheduler.wait(1)
  })
  const ada = await member('/ws/circles/evicted')
  ada.command('message', { content: '@pickle count' })
  await ada.until(isOf('agent_delta'))
  const stub = env.CIRCLES.getByName('evicted')
  const evicting = evictDurableObject(stub, { webSockets: 'close' })
  evicted.resolve()
  await evicting
  const again = await member('/ws/circles/evicted')
  const log = await logOf(again)
  if (!log.some(isEnd)) await again.until(isEnd)
  const ends = (await logOf(again)).filter(isEnd)
  expect(ends.map(({ type, data }) => [type, data.content])).toEqual([['agent_message', words.join('')]])
  expect(calls.mock.calls.length).toBeGreaterThanOrEqual(1)
})

test('[T5] a stop reaches the agent: its stream is cancelled, and the text so far is kept', async () => {
  const stopped = Promise.withResolvers<void>()
  vi.spyOn(Pickle.prototype, 'turn').mockImplementation(async () =>
    replyStream(
      async reply => {
        reply.signal.addEventListener('abort', () => stopped.resolve())
        while (!reply.signal.aborted) {
          await reply.delta('more ')
          await scheduler.wait(1)
        }
      },
      { circle: noCircle, turn: {}, report: () => {} },
    ),
  )
  const ada = await member('/ws/circles/stopped')
  ada.command('message', { content: '@pickle talk' })
  const delta = await ada.until(isOf('agent_delta'))
  const id = ada.command('stop', { turn: delta?.data.turn })
  await ada.until(({ type, data }) => type === 'ack' && data.id === id)
  const deltas = ada.frames.filter(isOf('agent_delta'))
  await stopped.promise
  await logOf(ada)
  const [end] = (await logOf(ada)).filter(isEnd)
  expect(end?.data).toMatchObject({ stopped: true, content: deltas.map(({ data }) => data.text).join('') })
  expect(ada.frames.filter(isOf('agent_delta'))).toHaveLength(deltas.length)
})
