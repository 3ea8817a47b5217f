import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { limits } from '../../src/protocol/limits.ts'
import { fullBucket } from '../../src/rooms/sessions/rate-limit.ts'
import { newSession } from '../../src/rooms/sessions/session.ts'
import type { IdentifiedCaller } from '../../src/rpc/channel.ts'
import { fakeSocket } from '../support/fake-object.ts'
import { Member } from './member.ts'
import { RelayProcess } from './relay-process.ts'
import { Circle } from './world.ts'

// Members whose sockets stand at the circle itself, beside others behind a relay.

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 9) })
})
afterEach(() => {
  vi.useRealTimers()
})

test('[L5] an event that closes the socket of a member behind a relay reaches those who are at the circle itself', async () => {
  const circle = new Circle()
  const relay = new RelayProcess('dev/enam/0', circle, () => 1)
  const bob = new Member('bob', () => relay)
  bob.connect()
  await vi.advanceTimersByTimeAsync(1_000)

  const now = Date.now()
  const principal = { id: 'ada', name: 'ada', kind: 'person', role: 'owner', expires: null, issued: 1 } as const
  const about = { principal, dialect: 'native', agent: null } as const
  const caller: IdentifiedCaller = { ...about, channel: 'dev', ticket: null, since: null, epoch: null }
  const session = newSession({ ...about, id: 'at-the-circle' }, fullBucket(limits, now), now)
  const socket = fakeSocket()
  expect(circle.host.connect(caller, session, id => circle.host.sockets.accept(id, socket))).toBeNull()

  const ban = { do: 'change', user: 'bob', change: { banned: true } } as const
  circle.host.run((room, at) => room.manageMembers(session, ban, at).outcome)
  await vi.advanceTimersByTimeAsync(100)

  expect(bob.closes.map(({ code }) => code)).toEqual([4403])
  const events = socket.sent.flatMap(text => JSON.parse(text)).filter(frame => 'seq' in frame)
  expect(events.map(({ seq, type }) => [seq, type])).toEqual([[1, 'member_changed']])
  relay.kill()
})
