import { failedAgain, type RetryPolicy } from '../../lib/retry.ts'
import type { LoggedEvent } from '../../protocol/events/events.ts'
import type { EventLog } from './event-log.ts'

/** The position of a follower and the state of its retries. Its owner stores it. */
export type FollowerState = {
  active: boolean
  cursor: number // seq of the last event that was handled
  again: number[] // seqs to be handed out again, before the others
  failures: number // in a row
  failingSince: number | null // ms
  due: number // ms: no try before this
  lastError: string | null
}

/** The result of a try. `gone`: the receiver wants no more events. */
export type TryResult = { ok: true } | { ok: false; error: string; gone: boolean }

/** How long one try may take (ms), and how failures are retried. */
export type FollowerPolicy = RetryPolicy & { leaseMs: number }

const pageEvents = 200
const storeAfter = 1_000 // skipped events before the cursor is stored

/**
 * Hands out a log's events one at a time, in order, at least once, from a stored cursor. Only the cursor is stored: an
 * event that was in flight when the object died is handed out again.
 */
export class LogFollower<State extends FollowerState> {
  state: State
  readonly #log: EventLog
  readonly #policy: FollowerPolicy
  readonly #wants: (event: LoggedEvent) => boolean
  readonly #store: (state: State) => void
  #inFlight: { seq: number; until: number } | null = null

  constructor(
    log: EventLog,
    state: State,
    options: { policy: FollowerPolicy; wants(event: LoggedEvent): boolean; store(state: State): void },
  ) {
    this.#log = log
    this.state = state
    this.#policy = options.policy
    this.#wants = options.wants
    this.#store = options.store
  }

  /** When the next event is due, or the current try times out (ms), or null. */
  get nextDue(): number | null {
    return this.#inFlight?.until ?? (this.#hasWork ? this.state.due : null)
  }

  /** The first event (seq) that is still to be handled, or null: it is switched off. */
  get keepsFrom(): number | null {
    const { active, again, cursor } = this.state
    return active ? Math.min(cursor + 1, ...again) : null
  }

  /** Is an event being handled? */
  get isTrying(): boolean {
    return this.#inFlight !== null
  }

  /** The event that is to be handled now, or null. `finished` must be called with the result. */
  take(now: number): LoggedEvent | null {
    if (this.#inFlight !== null && now < this.#inFlight.until) return null
    this.#inFlight = null
    if (!this.#hasWork || this.state.due > now) return null
    const event = this.#next()
    if (event !== null) this.#inFlight = { seq: event.seq, until: now + this.#policy.leaseMs }
    return event
  }

  /** Records the result of a try. `given up`: there are no more tries. Null: the try no longer counts. */
  finished(seq: number, result: TryResult, now: number): 'done' | 'retry' | 'given up' | null {
    if (this.#inFlight?.seq !== seq) return null // tried again since
    this.#inFlight = null
    const { state } = this
    if (result.ok) {
      if (state.again[0] === seq) state.again.shift()
      else state.cursor = Math.max(state.cursor, seq)
      Object.assign(state, { failures: 0, failingSince: null, due: 0, lastError: null })
      this.#store(state)
      return 'done'
    }
    const { givenUp, ...failed } = failedAgain(state, this.#policy, now)
    Object.assign(state, failed, { lastError: result.error, active: !result.gone && !givenUp })
    this.#store(state)
    return state.active ? 'retry' : 'given up'
  }

  get #hasWork(): boolean {
    const { active, again, cursor } = this.state
    return active && (again.length > 0 || cursor < this.#log.head)
  }

  /** The next event that is wanted, or null. Skips the others. */
  #next(): LoggedEvent | null {
    const { state } = this
    for (let seq = state.again[0]; seq !== undefined; seq = state.again[0]) {
      const event = this.#log.at(seq)
      if (event !== null) return event
      state.again.shift() // trimmed since
    }
    const from = state.cursor
    // Most often the first one is wanted: it is read alone.
    for (let limit = 1; state.cursor < this.#log.head; limit = pageEvents) {
      const { events } = this.#log.after(state.cursor, limit)
      const wanted = events.find(event => this.#wants(event))
      state.cursor = wanted === undefined ? (events.at(-1)?.seq ?? this.#log.head) : wanted.seq - 1
      if (wanted !== undefined) return wanted
    }
    if (state.cursor - from >= storeAfter) this.#store(state)
    return null
  }
}
