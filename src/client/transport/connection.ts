import { closeCodes, nextAfter } from '../../protocol/close-codes.ts'

// One channel's connection as a pure machine: (connection, event, instant) → [connection, actions]. Whoever runs it
// performs the actions and sends `due` when `connection.due` has come; there is never more than one timer.
//
//            start              credentials            opened              welcome
//   idle ──────────▶ authorizing ─────────▶ opening ─────────▶ greeting ─────────▶ live ◀──────┐
//     ▲                ▲  ▲  │                 │                  │               │ │ due,   │ heard
//     │ stop           │  │  │ refused:        │ closed, due      │ closed, due   │ ▼ check  │
//   (any)              │  │  │ 5xx, 429, 0     ▼                  ▼        closed │ probing ─┘
//                      │  └──┼─── due ───── waiting ◀─────────────┴───────────────┴───┘ due: it is dead
//                      │     │              (check: at once, but not more than once a second)
//                start │     ├─▶ signed out   refused with 401: only a new token helps
//                      └─────┴─▶ ended        refused with another 4xx, or a close code that says stay away

export type Phase =
  | 'idle'
  | 'authorizing' // asking for fresh credentials
  | 'opening'
  | 'greeting' // open, but not welcomed yet
  | 'live'
  | 'probing' // live, and waiting for anything after a ping
  | 'waiting' // for the next attempt
  | 'signed_out'
  | 'ended'

export type Reason = { code: string; message: string }

export type Connection = {
  readonly phase: Phase
  readonly attempt: number // events of another attempt come from a socket we gave up
  readonly failures: number // attempts in a row that did not last
  readonly since: number // this phase began; live and probing count as one
  readonly receivedAt: number // something came from the server
  readonly due: number | null // when to send `due`
  readonly downSince: number | null // since when there has been no connection; null while there is one, or none is wanted
  readonly opaqueRefusal: boolean // the last socket was refused, and a browser does not say why
  readonly pauseMs: number // ms that the server asked us to stay away; nothing shortens them
  readonly reason: Reason | null // why it is not live
}

/** What opens a socket: a query (guests) or subprotocols (tickets). */
export type Credentials = { query: Record<string, string>; protocols: string[] }

export type ConnectionEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'credentials'; attempt: number; credentials: Credentials }
  | { type: 'refused'; attempt: number; status: number; reason: Reason; retryAfterMs: number | null }
  | { type: 'opened'; attempt: number }
  | { type: 'heard'; attempt: number }
  | { type: 'welcome'; attempt: number }
  | { type: 'closed'; attempt: number; code: number; reason: string }
  | { type: 'due' }
  | { type: 'check' } // the network or the person may be back

export type Action =
  | { do: 'authorize'; attempt: number; renew: boolean; doubt: boolean } // renew: the last token has ended
  | { do: 'open'; attempt: number; credentials: Credentials }
  | { do: 'ping' }
  | { do: 'drop' } // let go of the socket, if there is one

/** Time and chance at one step. */
export type Instant = { now: number; random: () => number }
export type Step = [Connection, Action[]]

export const timing = {
  attemptMs: 15_000, // for each of: credentials, opening, greeting
  pingMs: 25_000, // ± 10 %
  pongMs: 10_000,
  patienceMs: 150_000, // of the server with a silent socket: after it there is nothing to ask for
  backoffMs: 500,
  backoffMaxMs: 30_000,
  settledMs: 10_000, // live for so long, an attempt was no failure
  checkMs: 1_000,
  floodMs: 10_000, // unless the server names another pause
} as const

export const idle: Connection = {
  phase: 'idle',
  attempt: 0,
  failures: 0,
  since: 0,
  receivedAt: 0,
  due: null,
  downSince: null,
  opaqueRefusal: false,
  pauseMs: 0,
  reason: null,
}

const [flooding] = closeCodes.flooding

/** Live, as far as anybody can know. */
export const isLive = ({ phase }: Connection): boolean => phase === 'live' || phase === 'probing'

export function step(connection: Connection, event: ConnectionEvent, instant: Instant): Step {
  if ('attempt' in event && event.attempt !== connection.attempt) return [connection, []]
  const { now } = instant
  switch (event.type) {
    case 'start':
      return isResting(connection) ? authorize({ ...connection, failures: 0, downSince: now }, now) : [connection, []]
    case 'stop':
      return [{ ...idle, attempt: connection.attempt + 1, since: now }, [{ do: 'drop' }]]
    case 'credentials':
      if (connection.phase !== 'authorizing') return [connection, []]
      return [
        { ...connection, phase: 'opening', since: now, due: now + timing.attemptMs },
        [{ do: 'open', attempt: connection.attempt, credentials: event.credentials }],
      ]
    case 'refused':
      return connection.phase === 'authorizing' ? refused(connection, event, instant) : [connection, []]
    case 'opened':
      if (connection.phase !== 'opening') return [connection, []]
      return [{ ...connection, phase: 'greeting', since: now, due: now + timing.attemptMs, opaqueRefusal: false }, []]
    case 'heard':
      if (connection.phase !== 'probing') return [{ ...connection, receivedAt: now }, []]
      return [{ ...connection, phase: 'live', receivedAt: now, due: nextPing(instant) }, []]
    case 'welcome':
      if (connection.phase !== 'greeting') return [connection, []]
      return [
        {
          ...connection,
          phase: 'live',
          since: now,
          receivedAt: now,
          due: nextPing(instant),
          downSince: null,
          reason: null,
        },
        [],
      ]
    case 'closed':
      return isResting(connection) ? [connection, []] : closed(connection, event, instant)
    case 'due':
      return due(connection, instant)
    case 'check':
      return check(connection, now)
    default:
      return event satisfies never
  }
}

const isResting = ({ phase }: Connection): boolean => phase === 'idle' || phase === 'signed_out' || phase === 'ended'

function authorize(connection: Connection, now: number, renew = false): Step {
  const attempt = connection.attempt + 1
  return [
    { ...connection, phase: 'authorizing', attempt, since: now, due: now + timing.attemptMs, pauseMs: 0 },
    [{ do: 'authorize', attempt, renew, doubt: connection.opaqueRefusal }],
  ]
}

function refused(connection: Connection, event: Extract<ConnectionEvent, { type: 'refused' }>, instant: Instant): Step {
  const { status, reason } = event
  if (status === 401) return rest(connection, 'signed_out', reason, instant.now)
  const passing = status < 400 || status === 408 || status === 429 || status >= 500
  if (!passing) return rest(connection, 'ended', reason, instant.now)
  return lose({ ...connection, pauseMs: event.retryAfterMs ?? 0 }, reason, instant)
}

function closed(connection: Connection, { code, reason }: { code: number; reason: string }, instant: Instant): Step {
  const why = { code: `${code}`, message: reason }
  const next = nextAfter(code)
  if (next === 'never') return rest(connection, 'ended', why, instant.now)
  // A token that served for a while and then ended is renewed at once; one that never served waits its turn.
  if (next === 'token' && lasted(connection, instant.now)) {
    return authorize({ ...connection, failures: 0, downSince: instant.now, reason: why }, instant.now, true)
  }
  const doubt = connection.phase === 'opening'
  return lose({ ...connection, opaqueRefusal: doubt, pauseMs: code === flooding ? pauseIn(reason) : 0 }, why, instant)
}

/** The pause that a close for flooding names, as in `come back in 10 s`. */
function pauseIn(reason: string): number {
  const seconds = Number(/\b(\d+) s\b/.exec(reason)?.[1] ?? Number.NaN)
  return seconds > 0 ? seconds * 1000 : timing.floodMs
}

function due(connection: Connection, instant: Instant): Step {
  const { now } = instant
  if (connection.due === null || now < connection.due) return [connection, []]
  switch (connection.phase) {
    case 'waiting':
      return authorize(connection, now)
    case 'live':
      return now - connection.receivedAt > timing.patienceMs
        ? lose(connection, silence, instant)
        : probe(connection, now)
    case 'authorizing':
    case 'opening':
    case 'greeting':
    case 'probing':
      return lose(connection, silence, instant)
    case 'idle':
    case 'signed_out':
    case 'ended':
      return [connection, []]
    default:
      return connection.phase satisfies never
  }
}

function check(connection: Connection, now: number): Step {
  if (connection.phase === 'live') return probe(connection, now)
  if (connection.phase !== 'waiting' || connection.pauseMs > 0) return [connection, []]
  const due = Math.min(connection.due ?? now, Math.max(now, connection.since + timing.checkMs))
  return [{ ...connection, due }, []]
}

function probe(connection: Connection, now: number): Step {
  return [{ ...connection, phase: 'probing', due: now + timing.pongMs }, [{ do: 'ping' }]]
}

const silence: Reason = { code: 'silence', message: 'The server does not answer.' }

function rest(connection: Connection, phase: 'signed_out' | 'ended', reason: Reason, now: number): Step {
  const down = connection.downSince ?? now
  return [{ ...connection, phase, since: now, due: null, downSince: down, reason }, [{ do: 'drop' }]]
}

/** Waits with full jitter: anything from nothing to a bound that doubles, so that a crowd does not come back as one. */
function lose(connection: Connection, reason: Reason, { now, random }: Instant): Step {
  const failures = lasted(connection, now) ? 0 : connection.failures + 1
  const bound = Math.min(timing.backoffMaxMs, timing.backoffMs * 2 ** Math.min(failures, 16))
  const due = now + connection.pauseMs + Math.round(random() * bound)
  const down = connection.downSince ?? now
  return [{ ...connection, phase: 'waiting', failures, since: now, due, downSince: down, reason }, [{ do: 'drop' }]]
}

const lasted = (connection: Connection, now: number): boolean =>
  isLive(connection) && now - connection.since >= timing.settledMs

const nextPing = ({ now, random }: Instant): number => now + Math.round(timing.pingMs * (0.9 + 0.2 * random()))
