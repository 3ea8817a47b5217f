import { expect, test } from 'vitest'
import { limitsWith } from '../../../src/protocol/limits.ts'
import { nothing } from '../../../src/rooms/outcome.ts'
import { BurstQueue } from '../../../src/rooms/sessions/burst-queue.ts'
import { nextFrameAt, RateLimiter } from '../../../src/rooms/sessions/rate-limit.ts'
import type { Session } from '../../../src/rooms/sessions/session.ts'

const limits = limitsWith({ frame_bytes: 65_536 })

/** A session that may send its next frame at a time (ms). */
function aSession(at: number): Session {
  return { user: { id: 'ada' }, bucket: { at, messages: 1, bytes: 65_536, refusals: 0 } } as unknown as Session
}

function aQueue(onReceive: (queue: BurstQueue, session: Session) => void = () => {}, own = limits) {
  const received: string[] = []
  const receive = (session: Session, frame: string) => {
    received.push(frame)
    onReceive(queue, session)
    return nothing
  }
  const queue: BurstQueue = new BurstQueue({ limits: own, rateLimiter: new RateLimiter(own), receive }, () => {})
  return { queue, received }
}

test('[E3] a frame waits behind those that wait, also when it could be received at once', () => {
  const { queue, received } = aQueue()
  const ada = aSession(100)
  expect(queue.hold(ada, 'one', 0)).toBe('held')
  expect(queue.hold(ada, 'two', 100)).toBe('held')
  queue.onTick(100)
  expect(received).toEqual(['one', 'two'])
  expect(queue.hold(ada, 'three', 100)).toBe('pass')
})

test('[E3] all sessions together hold 4 MiB, and what is taken makes room again', () => {
  const { queue } = aQueue()
  const sessions = Array.from({ length: 64 }, () => aSession(100))
  const frame = 'x'.repeat(65_536)
  for (const session of sessions) expect(queue.hold(session, frame, 0)).toBe('held')
  expect(queue.hold(aSession(100), 'x', 0)).toBe('full')
  expect(queue.take(sessions[0] as Session)).toEqual([frame])
  expect(queue.hold(aSession(100), frame, 0)).toBe('held')
  expect(queue.hold(aSession(100), 'x', 0)).toBe('full')
  queue.onTick(100)
  expect(queue.hold(aSession(200), frame, 100)).toBe('held')
})

test('[E3] nothing is received twice of a session that ends with one of its frames', () => {
  const left: string[] = []
  const { queue, received } = aQueue((queue, session) => left.push(...queue.take(session)))
  for (const frame of ['one', 'two', 'three']) queue.hold(aSession(100), frame, 0)
  const ada = aSession(100)
  for (const frame of ['a', 'b', 'c']) queue.hold(ada, frame, 0)
  queue.onTick(100)
  expect(received).toEqual(['one', 'two', 'three', 'a'])
  expect(left).toEqual(['b', 'c'])
})

test('[E3] a frame that is too big waits no longer than the biggest that is allowed', () => {
  const small = limitsWith({ frame_bytes: 100, bytes_per_second: 100 })
  const { queue } = aQueue(() => {}, small)
  const ada = { ...aSession(0), bucket: { at: 0, messages: 1, bytes: 0, refusals: 0 } } as unknown as Session
  expect(queue.hold(ada, 'x'.repeat(1_000), 0)).toBe('held')
  expect(queue.nextTick()).toBe(nextFrameAt(ada, 100, small))
})
