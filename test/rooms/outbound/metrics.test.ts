import { expect, test } from 'vitest'
import type { Principal } from '../../../src/auth/principal.ts'
import type { LogRecord } from '../../../src/lib/logger.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { ChannelMetrics } from '../../../src/rooms/outbound/statistics.ts'
import { fullBucket } from '../../../src/rooms/sessions/rate-limit.ts'
import { newSession, type Session } from '../../../src/rooms/sessions/session.ts'

const start = Date.UTC(2026, 10, 21, 9)

function newMetrics(id = 'w1') {
  const records: LogRecord[] = []
  const clock = { now: start }
  const log = (record: LogRecord) => void records.push(record)
  const metrics = new ChannelMetrics({ channel: 'circle:dev', log, now: () => clock.now, newId: () => id })
  return { metrics, records, clock }
}

function sessionOf(id: string): Session {
  const principal: Principal = { id: 'ada', name: 'Ada', kind: 'person', role: 'member', expires: null }
  const options = { id, dialect: 'native' as const, agent: null, principal, request: 'r-1' }
  return newSession(options, fullBucket(limits, start), start)
}

const where = { request: 'r-1', channel: 'circle:dev', session: 's1', user: 'ada' }

test('[A5] a socket has two log records: one when it opens, one with its figures when it closes', () => {
  const { metrics, records, clock } = newMetrics()
  const session = sessionOf('s1')
  metrics.opened(session, true)
  session.frames = 3
  clock.now += 1_500
  metrics.closed(session, 'flooding')
  expect(records).toEqual([
    { event: 'opened', ...where, dialect: 'native', resumed: true },
    { event: 'closed', ...where, code: 4429, ms: 1_500, frames: 3 },
  ])
  expect(metrics.counts).toMatchObject({ connections: 1, resumes: 1, closes: { 4429: 1 } })
})

test('[E1] a thousand refusals on a socket are one record for each code, with their counts when it closes', () => {
  const { metrics, records } = newMetrics()
  const session = sessionOf('s1')
  for (let frame = 0; frame < 1_000; frame++) metrics.recordError('rate_limited', session)
  metrics.recordError('empty', session)
  metrics.closed(session, 1006)
  const refused = { rate_limited: 1_000, empty: 1 }
  expect(records).toEqual([
    { event: 'refused', code: 'rate_limited', ...where },
    { event: 'refused', code: 'empty', ...where },
    { event: 'closed', ...where, code: 1006, ms: 0, frames: 0, refused },
  ])
  expect(metrics.counts.refusals).toEqual(refused)
})

test('[E1] a refusal over HTTP is counted here and logged by the Worker', () => {
  const { metrics, records } = newMetrics()
  metrics.recordError('forbidden', undefined)
  expect([records, metrics.counts.refusals]).toEqual([[], { forbidden: 1 }])
})

test('[E3] an unknown close code gets no series of its own', () => {
  const { metrics } = newMetrics()
  for (const code of [1000, 1001, 1006, 4321, 3999, 4430]) metrics.closed(sessionOf('s1'), code)
  expect(metrics.counts.closes).toEqual({ 1000: 1, 1001: 1, 1006: 1, 4430: 1, other: 2 })
})

test('[W] messages are counted, alone and in batches; other events are not', () => {
  const { metrics } = newMetrics()
  metrics.recordEvents([{ type: 'message' }])
  metrics.recordEvents([{ type: 'message' }, { type: 'agent_message' }, { type: 'reaction' }])
  expect(metrics.counts.messages).toBe(3)
})

test('[W] counting continues from the newest snapshot on a socket', () => {
  const older = newMetrics('old').metrics
  older.opened(sessionOf('s1'), false)
  const early = structuredClone(older.snapshot)
  older.opened(sessionOf('s2'), false)
  const { metrics } = newMetrics('new')
  metrics.restore([early, structuredClone(older.snapshot)])
  metrics.opened(sessionOf('s3'), false)
  expect([metrics.snapshot.id, metrics.counts.connections]).toEqual(['old', 3])
})

test('[E1] a fault is logged with its stack, and counted', () => {
  const { metrics, records } = newMetrics()
  metrics.failed(new Error('broken'))
  expect(records).toMatchObject([{ event: 'fault', at: 'room', channel: 'circle:dev' }])
  expect(metrics.counts.faults).toBe(1)
})
