import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Connection,
  type ConnectionEvent,
  idle,
  type Step,
  statusOf,
  step,
  timing,
} from '../../../src/client/transport/connection.ts'

const credentials = { query: {}, protocols: ['circles.v1'] }
const half = () => 0.5

/** Takes events one after the other; a number lets so many ms pass. */
function run(...events: (ConnectionEvent | number)[]): { connection: Connection; actions: Step[1]; now: number } {
  let connection = idle
  let actions: Step[1] = []
  let now = 1_000
  for (const event of events) {
    if (typeof event === 'number') now += event
    else [connection, actions] = step(connection, event, { now, random: half })
  }
  return { connection, actions, now }
}

const start: ConnectionEvent = { type: 'start' }
const due: ConnectionEvent = { type: 'due' }
const wake: ConnectionEvent = { type: 'wake' }
const closed = (code: number, attempt = 1): ConnectionEvent => ({ type: 'closed', attempt, code, reason: '' })
const unreachable = { type: 'refused', status: 0, reason: { code: '', message: '' }, retryAfterMs: null } as const
const refused = (status: number, retryAfterMs: number | null = null): ConnectionEvent => ({
  type: 'refused',
  attempt: 1,
  status,
  reason: { code: 'why', message: 'Because.' },
  retryAfterMs,
})
const opening: ConnectionEvent[] = [start, { type: 'credentials', attempt: 1, credentials }]
const greeting: ConnectionEvent[] = [...opening, { type: 'opened', attempt: 1 }]
const live: ConnectionEvent[] = [...greeting, { type: 'welcome', attempt: 1 }]

test('a start requests credentials, opens a socket with them, and is live after the welcome', () => {
  expect(run(start).actions).toEqual([{ do: 'authorize', attempt: 1, renew: false, diagnose: false }])
  expect(run(...opening).actions).toEqual([{ do: 'open', attempt: 1, credentials }])
  expect(run(...greeting).connection.phase).toBe('greeting')
  expect(run(...live).connection).toMatchObject({ phase: 'live', downSince: null, reason: null })
})

test('[H2] a live connection pings after 25 s ± 10 %', () => {
  for (const [random, ms] of [
    [0, 22_500],
    [0.5, 25_000],
    [1 - Number.EPSILON, 27_500],
  ] as const) {
    const before = run(...greeting)
    const [{ due }] = step(before.connection, { type: 'welcome', attempt: 1 }, { now: 0, random: () => random })
    expect(due).toBe(ms)
  }
  const { connection, actions } = run(...live, 25_000, due)
  expect({ phase: connection.phase, actions }).toEqual({ phase: 'probing', actions: [{ do: 'ping' }] })
})

test('[H2] any frame within 10 s of a ping keeps the connection, and the next ping follows after 25 s', () => {
  const { connection, now } = run(...live, 25_000, due, 9_999, { type: 'received', attempt: 1 })
  expect(connection).toMatchObject({ phase: 'live', receivedAt: now, due: now + 25_000 })
})

test('[H2] without a frame within 10 s of a ping the socket is dropped, and another attempt follows', () => {
  const { connection, actions, now } = run(...live, 25_000, due, 10_000, due)
  expect(actions).toEqual([{ do: 'drop' }])
  expect(connection).toMatchObject({ phase: 'waiting', downSince: now, failures: 0, reason: { code: 'silence' } })
})

test('a timer that is late by hours, as after sleep, does not ping a socket that the server has closed meanwhile', () => {
  const { connection, actions } = run(...live, 3_600_000, due)
  expect({ phase: connection.phase, actions }).toEqual({ phase: 'waiting', actions: [{ do: 'drop' }] })
})

test('every step of an attempt has a deadline', () => {
  for (const events of [[start], opening, greeting]) {
    expect(run(...events, timing.attemptMs - 1, due).connection.phase).not.toBe('waiting')
    const { connection, actions } = run(...events, timing.attemptMs, due)
    expect({ phase: connection.phase, actions }).toEqual({ phase: 'waiting', actions: [{ do: 'drop' }] })
  }
})

test('the wait has full jitter under a bound that doubles up to 30 s', () => {
  const waits = (random: number): number[] => {
    let [connection] = step(idle, start, { now: 0, random: half })
    return Array.from({ length: 8 }, () => {
      const { attempt, since: now } = connection
      ;[connection] = step(connection, { ...unreachable, attempt }, { now, random: () => random })
      const wait = (connection.due ?? 0) - now
      ;[connection] = step(connection, due, { now: now + wait, random: half })
      return wait
    })
  }
  expect(waits(0)).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  expect(waits(1)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
})

test('a stable connection resets the count of failures; a short one does not', () => {
  expect(run(...live, timing.stableMs, closed(1006)).connection.failures).toBe(0)
  expect(run(...live, timing.stableMs - 1, closed(1006)).connection.failures).toBe(1)
})

test('[E3] close codes: retry, retry with a new token, never retry', () => {
  const after = (code: number, ms: number) => run(...live, ms, closed(code)).connection.phase
  for (const code of [1001, 1005, 1006, 1011, 1012, 1013, 4408, 4429, 4430, 4999])
    expect(after(code, 20_000)).toBe('waiting')
  for (const code of [1000, 1008, 1009, 4403, 4404, 4410, 4426]) expect(after(code, 20_000)).toBe('ended')
  expect(run(...live, 20_000, closed(4401)).actions).toEqual([
    { do: 'authorize', attempt: 2, renew: true, diagnose: false },
  ])
  expect(after(4401, 1_000)).toBe('waiting') // a token that expires at once is no reason to hurry
})

test.each([4001, 4401])('[E3] after %i every attempt asks for a new token, until one of them is live', code => {
  const young = [...live, 1_000, closed(code), 60_000, due]
  const renews = (...events: (ConnectionEvent | number)[]) => run(...events).actions
  expect(renews(...young)).toEqual([{ do: 'authorize', attempt: 2, renew: true, diagnose: false }])
  const again: ConnectionEvent = { ...unreachable, attempt: 2 }
  expect(renews(...young, again, 60_000, due)).toMatchObject([{ do: 'authorize', renew: true }])
  const second = live.slice(1).map(event => ({ ...event, attempt: 2 }) as ConnectionEvent)
  expect(renews(...young, ...second, 60_000, closed(1006, 2), 60_000, due)).toMatchObject([{ renew: false }])
})

test('[A3] a refusal over HTTP: 401 signs out, other 4xx end the connection, 429 and 5xx wait for retry-after', () => {
  expect(run(start, refused(401)).connection.phase).toBe('signed_out')
  for (const status of [400, 403, 404, 410]) expect(run(start, refused(status)).connection.phase).toBe('ended')
  for (const status of [0, 429, 500, 503]) expect(run(start, refused(status)).connection.phase).toBe('waiting')
  expect(run(start, refused(429, 7_000)).connection.due).toBe(1_000 + 7_000 + 500)
})

test('[E3] after flooding the client waits for the pause that the server names', () => {
  const flooded = { type: 'closed', attempt: 1, code: 4429, reason: 'too fast: come back in 5 s' } as const
  const { connection, now } = run(...live, flooded)
  expect(connection.due).toBe(now + 5_000 + 500)
  expect(run(...live, flooded, wake).connection.due).toBe(connection.due)
  expect(run(...live, closed(4429)).connection.due).toBe(now + timing.floodMs + 500)
})

test('a wake pings a live socket at once, shortens a wait, and restarts nothing that has ended', () => {
  expect(run(...live, wake).actions).toEqual([{ do: 'ping' }])
  expect(run(...live, wake, wake).actions).toEqual([])
  const waiting = run(start, refused(0), refused(0), 10, wake)
  expect(waiting.connection.due).toBe(1_000 + 500)
  expect(run(...live, closed(4410), wake).connection.phase).toBe('ended')
  expect(run(start, refused(401), wake).connection.phase).toBe('signed_out')
})

test('after a socket that never opened the next attempt first finds out why', () => {
  const refusedSocket = [...opening, closed(1006), 60_000, due]
  expect(run(...refusedSocket).actions).toEqual([{ do: 'authorize', attempt: 2, renew: false, diagnose: true }])
  expect(run(...live, closed(1006), 60_000, due).actions).toEqual([
    { do: 'authorize', attempt: 2, renew: false, diagnose: false },
  ])
})

test('events of a socket that was dropped change nothing', () => {
  const { connection } = run(...live, { type: 'stop' }, start)
  for (const event of [closed(4410), refused(401), ...live.slice(1)]) {
    expect(step(connection, event, { now: 0, random: half })).toEqual([connection, []])
  }
})

test('the status of a connection is one word, and says whether there was a failure', () => {
  const statusAfter = (...events: (ConnectionEvent | number)[]) => statusOf(run(...events).connection)
  expect(statusAfter()).toBe('idle')
  for (const events of [[start], opening, greeting]) expect(statusAfter(...events)).toBe('connecting')
  expect([statusAfter(...live), statusAfter(...live, wake)]).toEqual(['connected', 'connected'])
  expect(statusAfter(start, refused(503))).toBe('reconnecting')
  expect(statusAfter(...live, closed(1006), 60_000, due)).toBe('reconnecting')
  expect([statusAfter(start, refused(401)), statusAfter(...live, closed(4410))]).toEqual(['signed_out', 'ended'])
})

test('whatever happens, it waits only with a timer, performs one action a step, and never leaves an end by itself', () => {
  const event: fc.Arbitrary<ConnectionEvent> = fc.oneof(
    fc.constantFrom(start, { type: 'stop' } as const, due, wake),
    fc.record({
      type: fc.constantFrom('opened', 'received', 'welcome'),
      attempt: fc.nat(3),
    }) as fc.Arbitrary<ConnectionEvent>,
    fc.record({ type: fc.constant('credentials' as const), attempt: fc.nat(3), credentials: fc.constant(credentials) }),
    fc.record({
      type: fc.constant('closed' as const),
      attempt: fc.nat(3),
      code: fc.constantFrom(1000, 1006, 4401, 4410, 4429),
      reason: fc.constant(''),
    }),
    fc.record({
      type: fc.constant('refused' as const),
      attempt: fc.nat(3),
      status: fc.constantFrom(0, 401, 403, 503),
      reason: fc.constant({ code: '', message: '' }),
      retryAfterMs: fc.constantFrom(null, 1_000),
    }),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(40_000)), { maxLength: 60 }), schedule => {
      let connection = idle
      let now = 0
      for (const [event, ms] of schedule) {
        now += ms
        const before = connection
        const [next, actions] = step(before, event, { now, random: half })
        connection = next
        const isHalted = ['idle', 'signed_out', 'ended'].includes(next.phase)
        expect(next.due === null).toBe(isHalted)
        expect(actions.length).toBeLessThanOrEqual(1)
        if (['ended', 'signed_out'].includes(before.phase) && !['start', 'stop'].includes(event.type)) {
          expect(next.phase).toBe(before.phase)
        }
        if (next.phase === 'waiting' && before.phase !== 'waiting') {
          const wait = (next.due ?? 0) - now
          expect(wait).toBeLessThanOrEqual(timing.backoffMaxMs + next.pauseMs)
        }
      }
    }),
    { seed: 7, numRuns: 2_000 },
  )
})
