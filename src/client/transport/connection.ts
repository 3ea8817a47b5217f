import { closeCodes, nextAfter } from '../../protocol/close-codes.ts'

// One channel's connection as a pure state machine: (connection, event, instant) → [connection, actions]. The caller
// performs the actions, and sends `due` at the time `connection.due`. There is never more than one timer.
//
//            start              credentials            opened              welcome
//   idle ──────────▶ authorizing ─────────▶ opening ─────────▶ greeting ─────────▶ live ◀──────┐
//     ▲                ▲  ▲  │                 │                  │               │ │ due,   │ received
//     │ stop           │  │  │ refused:        │ closed, due      │ closed, due   │ ▼ wake   │
//   (any)              │  │  │ 5xx, 429, 0     ▼                  ▼        closed │ probing ─┘
//                      │  └──┼─── due ───── waiting ◀─────────────┴───────────────┴───┘ due: no reply
//                      │     │              (wake: at once, but not more than once a second)
//                start │     ├─▶ signed out   refused with 401, and so was a new token
//                      └─────┴─▶ ended        refused with another 4xx, or by a close code that means `never`

/** The state that a connection is in. */
export type Phase =
  | 'idle'
  | 'authorizing' // asking for fresh credentials
  | 'opening'
  | 'greeting' // open, waiting for the welcome
  | 'live'
  | 'probing' // live, waiting for any frame after a ping
  | 'waiting' // for the next attempt
  | 'signed_out'
  | 'ended'

/** The reason that a connection is not live: the server's error code, a close code or `silence`. */
export type Reason = { code: string; message: string }

/** The connection of a channel. Times are in ms since the Unix epoch; in here, on a clock that is never set. */
export type Connection = {
  readonly phase: Phase
  readonly attempt: number // events of another attempt come from a socket we gave up
  readonly failures: number // consecutive attempts that did not last
  readonly since: number // start of this phase; live and probing count as one
  readonly receivedAt: number // the last time anything came from the server
  readonly due: number | null // when to send `due`
  readonly downSince: number | null // null while there is a connection, or while none is wanted
  readonly renew: boolean // the server ended the last token: the next attempt needs a new one
  readonly opaqueRefusal: boolean // the last socket was refused, and a browser does not show the reason
  readonly pauseMs: number // the server's; nothing shortens it
  readonly reason: Reason | null // why it is not live
}

/** What opens a socket: a query (guests) or subprotocols (tickets). */
export type Credentials = { query: Record<string, string>; protocols: string[] }

/** What can happen to a connection. */
export type ConnectionEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'credentials'; attempt: number; credentials: Credentials }
  | { type: 'refused'; attempt: number; status: number; reason: Reason; retryAfterMs: number | null }
  | { type: 'opened'; attempt: number }
  | { type: 'received'; attempt: number }
  | { type: 'welcome'; attempt: number }
  | { type: 'closed'; attempt: number; code: number; reason: string }
  | { type: 'due' }
  | { type: 'wake' } // the network or the person may be back

/** What the caller of `step` has to do. */
export type Action =
  // renew: the last token has expired; diagnose: the last socket was refused without a visible reason
  | { do: 'authorize'; attempt: number; renew: boolean; diagnose: boolean }
  | { do: 'open'; attempt: number; credentials: Credentials }
  | { do: 'ping' }
  | { do: 'drop' } // close the socket, if there is one

/** The time (ms of the clock for waits) and the randomness of one step. */
type Instant = { now: number; random: () => number }

/** The result of a step. */
export type Step = [Connection, Action[]]

/** The machine's times, in ms. */
export const timing = {
  attemptMs: 15_000, // for each of: credentials, opening, greeting
  pingMs: 25_000, // ± 10 %
  pongMs: 10_000,
  silenceMs: 150_000, // the server closes a socket that was silent for so long: there is nothing left to probe
  backoffMs: 500,
  backoffMaxMs: 30_000,
  stableMs: 10_000, // an attempt that was live for so long was no failure
  wakeMs: 1_000, // between two attempts, however often `wake` comes
  floodMs: 10_000, // unless the server names another pause
} as const

/** A connection that nobody has asked for yet. */
export const idle: Connection = {
  phase: 'idle',
  attempt: 0,
  failures: 0,
  since: 0,
  receivedAt: 0,
  due: null,
  downSince: null,
  renew: false,
  opaqueRefusal: false,
  pauseMs: 0,
  reason: null,
}

/** True while the connection is live, as far as the client can know. */
export const isLive = ({ phase }: Connection): boolean => phase === 'live' || phase === 'probing'

/** A connection in one word: `reconnecting` after an attempt or a connection failed, until the next one is live. */
export type ConnectionStatus = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'signed_out' | 'ended'

/** The status of a connection. */
export function statusOf({ phase, reason }: Connection): ConnectionStatus {
  if (isHalted(phase)) return phase
  if (phase === 'live' || phase === 'probing') return 'connected'
  return reason === null ? 'connecting' : 'reconnecting'
}

/** Takes one event; events of another attempt than the present one change nothing. */
export function step(connection: Connection, event: ConnectionEvent, instant: Instant): Step {
  if ('attempt' in event && event.attempt !== connection.attempt) return [connection, []]
  const { now } = instant
  switch (event.type) {
    case 'start':
      return isHalted(connection.phase)
        ? authorize({ ...connection, renew: false, failures: 0, downSince: now }, now)
        : [connection, []]
    case 'stop':
      return [{ ...idle, attempt: connection.attempt + 1, since: now }, [{ do: 'drop' }]]
    case 'credentials':
      if (connection.phase !== 'authorizing') return [connection, []]
      return [
        { ...connection, phase: 'opening', since: now, due: now + timing.attemptMs },
        [{ do: 'open', attempt: connection.attempt, credentials: event.credentials }],
      ]
    case 'refused':
      return connection.phase === 'authorizing' ? onRefused(connection, event, instant) : [connection, []]
    case 'opened':
      if (connection.phase !== 'opening') return [connection, []]
      return [{ ...connection, phase: 'greeting', since: now, due: now + timing.attemptMs, opaqueRefusal: false }, []]
    case 'received':
      if (connection.phase !== 'probing') return [{ ...connection, receivedAt: now }, []]
      return [{ ...connection, phase: 'live', receivedAt: now, due: nextPing(instant) }, []]
    case 'welcome':
      return connection.phase === 'greeting' ? [welcomed(connection, instant), []] : [connection, []]
    case 'closed':
      return isHalted(connection.phase) ? [connection, []] : onClosed(connection, event, instant)
    case 'due':
      return onDue(connection, instant)
    case 'wake':
      return onWake(connection, now)
    default:
      return event satisfies never
  }
}

const isHalted = (phase: Phase): phase is 'idle' | 'signed_out' | 'ended' =>
  phase === 'idle' || phase === 'signed_out' || phase === 'ended'

function authorize(connection: Connection, now: number): Step {
  const attempt = connection.attempt + 1
  const { renew, opaqueRefusal: diagnose } = connection
  return [
    { ...connection, phase: 'authorizing', attempt, since: now, due: now + timing.attemptMs, pauseMs: 0 },
    [{ do: 'authorize', attempt, renew, diagnose }],
  ]
}

function welcomed(connection: Connection, instant: Instant): Connection {
  const { now } = instant
  const due = nextPing(instant)
  return { ...connection, phase: 'live', since: now, receivedAt: now, due, downSince: null, renew: false, reason: null }
}

type RefusedEvent = Extract<ConnectionEvent, { type: 'refused' }>

function onRefused(connection: Connection, { status, reason, retryAfterMs }: RefusedEvent, instant: Instant): Step {
  if (status === 401) return halt(connection, 'signed_out', reason, instant.now)
  const isTransient = status < 400 || status === 408 || status === 429 || status >= 500
  if (!isTransient) return halt(connection, 'ended', reason, instant.now)
  return retryLater({ ...connection, pauseMs: retryAfterMs ?? 0 }, reason, instant)
}

type ClosedEvent = Extract<ConnectionEvent, { type: 'closed' }>

function onClosed(connection: Connection, { code, reason: message }: ClosedEvent, instant: Instant): Step {
  const reason = { code: `${code}`, message }
  const next = nextAfter(code)
  if (next === 'never') return halt(connection, 'ended', reason, instant.now)
  const renew = connection.renew || next === 'token'
  // A token that worked for a while and then expired is renewed at once; one that never worked backs off.
  if (next === 'token' && wasStable(connection, instant.now)) {
    return authorize({ ...connection, renew, failures: 0, downSince: instant.now, reason }, instant.now)
  }
  const opaqueRefusal = connection.phase === 'opening'
  return retryLater({ ...connection, renew, opaqueRefusal, pauseMs: pauseMsAfter(code, message) }, reason, instant)
}

/** The pause (ms) that a close asks for: after flooding the one its reason names, as in `come back in 10 s`. */
export function pauseMsAfter(code: number, reason: string): number {
  if (code !== closeCodes.flooding[0]) return 0
  const seconds = Number(/\b(\d+) s\b/.exec(reason)?.[1] ?? Number.NaN)
  return seconds > 0 ? seconds * 1000 : timing.floodMs
}

function onDue(connection: Connection, instant: Instant): Step {
  const { now } = instant
  if (connection.due === null || now < connection.due) return [connection, []]
  switch (connection.phase) {
    case 'waiting':
      return authorize(connection, now)
    case 'live': {
      const isSilent = now - connection.receivedAt > timing.silenceMs
      return isSilent ? retryLater(connection, silence, instant) : probe(connection, now)
    }
    case 'authorizing':
    case 'opening':
    case 'greeting':
    case 'probing':
      return retryLater(connection, silence, instant)
    case 'idle':
    case 'signed_out':
    case 'ended':
      return [connection, []]
    default:
      return connection.phase satisfies never
  }
}

function onWake(connection: Connection, now: number): Step {
  if (connection.phase === 'live') return probe(connection, now)
  if (connection.phase !== 'waiting' || connection.pauseMs > 0) return [connection, []]
  const due = Math.min(connection.due ?? now, Math.max(now, connection.since + timing.wakeMs))
  return [{ ...connection, due }, []]
}

function probe(connection: Connection, now: number): Step {
  return [{ ...connection, phase: 'probing', due: now + timing.pongMs }, [{ do: 'ping' }]]
}

const silence: Reason = { code: 'silence', message: 'The server does not answer.' }

function halt(connection: Connection, phase: 'signed_out' | 'ended', reason: Reason, now: number): Step {
  const downSince = connection.downSince ?? now
  return [{ ...connection, phase, since: now, due: null, downSince, reason }, [{ do: 'drop' }]]
}

/** Waits with full jitter: from 0 to a bound that doubles, so that a thousand clients do not come back at once. */
function retryLater(connection: Connection, reason: Reason, { now, random }: Instant): Step {
  const failures = wasStable(connection, now) ? 0 : connection.failures + 1
  const bound = Math.min(timing.backoffMaxMs, timing.backoffMs * 2 ** Math.min(failures, 16))
  const due = now + connection.pauseMs + Math.round(random() * bound)
  const downSince = connection.downSince ?? now
  return [{ ...connection, phase: 'waiting', failures, since: now, due, downSince, reason }, [{ do: 'drop' }]]
}

const wasStable = (connection: Connection, now: number): boolean =>
  isLive(connection) && now - connection.since >= timing.stableMs

const nextPing = ({ now, random }: Instant): number => now + Math.round(timing.pingMs * (0.9 + 0.2 * random()))
