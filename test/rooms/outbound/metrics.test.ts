import { expect, test } from 'vitest'
import type { Principal } from '../../../src/auth/principal.ts'
import type { LogRecord } from '../../../src/lib/logger.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { ChannelMetrics } from '../../../src/rooms/outbound/statistics.ts'
import { fullBucket } from '../../../src/rooms/sessions/rate-limit.ts'
import { newSession, type Session } from '../../../src/rooms/sessions/session.ts'

const start = Date.UTC(2026, 10, 21, 9)

function aWitness(id = 'w1') {
  const lines: LogRecord[] = []
  const clock = { now: start }
  const log = (entry: LogRecord) => void lines.push(entry)
  const witness = new ChannelMetrics({ channel: 'circle:dev', log, now: () => clock.now, newId: () => id })
  return { witness, lines, clock }
}

function aSession(id: string): Session {
  const principal: Principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null }
  const given = { id, dialect: 'native' as const, agent: null, principal, request: 'r-1' }
  return newSession(given, fullBucket(limits, start), start)
}

const where = { request: 'r-1', channel: 'circle:dev', session: 's1', user: 'ada' }

test('[A5] a socket is two lines: one when it opens, one with what came of it when it closes', () => {
  const { witness, lines, clock } = aWitness()
  const session = aSession('s1')
  witness.opened(session, true)
  session.frames = 3
  clock.now += 1_500
  witness.closed(session, 'flooding')
  expect(lines).toEqual([
    { event: 'opened', ...where, dialect: 'native', resumed: true },
    { event: 'closed', ...where, code: 4429, ms: 1_500, frames: 3 },
  ])
  expect(witness.counts).toMatchObject({ connections: 1, resumes: 1, closes: { 4429: 1 } })
})

test('[E1] a thousand refusals on a socket are one line for each code, and their numbers when it closes', () => {
  const { witness, lines } = aWitness()
  const session = aSession('s1')
  for (let frame = 0; frame < 1_000; frame++) witness.recordError('rate_limited', session)
  witness.recordError('empty', session)
  witness.closed(session, 1006)
  const refused = { rate_limited: 1_000, empty: 1 }
  expect(lines).toEqual([
    { event: 'refused', code: 'rate_limited', ...where },
    { event: 'refused', code: 'empty', ...where },
    { event: 'closed', ...where, code: 1006, ms: 0, frames: 0, refused },
  ])
  expect(witness.counts.refusals).toEqual(refused)
})

test('[E1] what is refused over HTTP is counted here and told by the Worker', () => {
  const { witness, lines } = aWitness()
  witness.recordError('forbidden', undefined)
  expect([lines, witness.counts.refusals]).toEqual([[], { forbidden: 1 }])
})

test('[E3] a close code that a peer made up is no series of its own', () => {
  const { witness } = aWitness()
  for (const code of [1000, 1001, 1006, 4321, 3999, 4430]) witness.closed(aSession('s1'), code)
  expect(witness.counts.closes).toEqual({ 1000: 1, 1001: 1, 1006: 1, 4430: 1, other: 2 })
})

test('[W] lines are counted, alone and in lists; what is of the moment is not', () => {
  const { witness } = aWitness()
  witness.recordEvents([{ type: 'message' }])
  witness.recordEvents([{ type: 'message' }, { type: 'agent_message' }, { type: 'reaction' }])
  expect(witness.counts.messages).toBe(3)
})

test('[W] counting goes on with the newest tally that stands on a socket', () => {
  const older = aWitness('old').witness
  older.opened(aSession('s1'), false)
  const early = structuredClone(older.snapshot)
  older.opened(aSession('s2'), false)
  const { witness } = aWitness('new')
  witness.restore([early, structuredClone(older.snapshot)])
  witness.opened(aSession('s3'), false)
  expect([witness.snapshot.id, witness.counts.connections]).toEqual(['old', 3])
})

test('[E1] a fault is a line with its stack, and counted', () => {
  const { witness, lines } = aWitness()
  witness.failed(new Error('broken'))
  expect(lines).toMatchObject([{ event: 'fault', at: 'room', channel: 'circle:dev' }])
  expect(witness.counts.faults).toBe(1)
})
