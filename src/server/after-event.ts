import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { LoggedEvent } from '../protocol/events/events.ts'
import type { Changed, Component } from '../rooms/component.ts'
import type { RoomContext } from '../rooms/context.ts'
import { type FollowerPolicy, type FollowerState, LogFollower } from '../rooms/log/log-follower.ts'
import { nothing, type Outcome } from '../rooms/outcome.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'
import { ownCodeRetries } from './own-code-retries.ts'

const policy: FollowerPolicy = {
  ...ownCodeRetries,
  leaseMs: 900_000, // a handler that does not return for so long is taken for lost
}
const storePauseMs = 1_000 // between two writes of the cursor: a crash repeats at most the events of a second
const wakeMs = 30_000 // after a crash, the alarm looks for what was not handled

/** Handles this event and those after it beside the room, as `AfterEvent.next` gives them; calls `failed` if it cannot. */
export type HandleEvents = (first: LoggedEvent, context: RoomContext) => void

type Row = SqlRow & { cursor: number; failures: number; failing_since: number | null; due: number }

/**
 * Runs a handler for every event after it was stored: one at a time, in order, at least once, from a stored cursor. The
 * events that came together, and those that come meanwhile, are handled without a run of the room for each.
 */
export class AfterEvent implements Component {
  readonly #context: RoomContext
  readonly #handle: HandleEvents
  readonly #changed: Changed
  readonly #follower: LogFollower<FollowerState>
  #stored: FollowerState
  #storeAt: number | null = null // ms: when the cursor is stored; set while events are handled
  #isWatching = false // the log tells of its next event
  #wakeAt: number | null = null // ms: one alarm for a backlog, set once and left to fire

  constructor(context: RoomContext, handle: HandleEvents, changed: Changed) {
    this.#context = context
    this.#handle = handle
    this.#changed = changed
    const state = read(context.sql) ?? startAt(context.log.head)
    this.#stored = { ...state }
    this.#follower = new LogFollower(context.log, state, { policy, wants: () => true, store: () => {} })
    this.#changed()
  }

  nextAlarm(): number | null {
    return this.#wakeAt
  }

  keepsFrom(): number | null {
    return this.#follower.keepsFrom
  }

  onAlarm(now: number): Outcome {
    if (this.#wakeAt === null || now < this.#wakeAt) return nothing
    this.#wakeAt = null
    this.#changed() // afterRun handles what is due
    return nothing
  }

  nextTick(): number | null {
    return this.#storeAt
  }

  onTick(now: number): Outcome {
    if (this.#storeAt === null || now < this.#storeAt) return nothing
    this.#changed()
    if (this.#isBehind) this.#store()
    this.#storeAt = this.#follower.isTrying ? now + storePauseMs : null
    return nothing
  }

  afterRun(now: number): Outcome {
    this.#watch()
    const event = this.#follower.take(now)
    if (event !== null) {
      this.#handle(event, this.#context)
      this.#storeAt ??= now + storePauseMs
    }
    const { nextDue, state } = this.#follower
    if (nextDue === null) return nothing
    const wakeAt = state.due > now ? state.due : now + wakeMs
    if (this.#wakeAt === null || wakeAt < this.#wakeAt) this.#wakeAt = wakeAt
    return nothing
  }

  /** The handler is done with the event of this seq. Returns the next one, or null: there is none, or another try has it. */
  next(seq: number, now: number): LoggedEvent | null {
    return this.#follower.finished(seq, { ok: true }, now) === null ? null : this.#follower.take(now)
  }

  /** The handler failed on the event of this seq. Returns whether it had failed for a day: the event is passed over. */
  failed(seq: number, error: string, now: number): boolean {
    const result = this.#follower.finished(seq, { ok: false, error, gone: false }, now)
    if (result === 'given up') Object.assign(this.#follower.state, startAt(seq))
    if (result !== null) this.#store() // so that the pauses grow over a sleep, too
    return result === 'given up'
  }

  onImport(): void {
    this.#context.sql.all(
      `UPDATE after_event SET cursor = (SELECT coalesce(max(seq), 0) FROM events), failures = 0, failing_since = NULL, due = 0`,
    )
  }

  /** The seq after which events are still to be handled. */
  get cursor(): number {
    return this.#follower.state.cursor
  }

  get #isBehind(): boolean {
    return (
      this.#follower.state.cursor !== this.#stored.cursor || this.#follower.state.failures !== this.#stored.failures
    )
  }

  #store(): void {
    this.#changed()
    this.#storeAt = null
    const { cursor, failures, failingSince, due } = this.#follower.state
    this.#stored = { ...this.#follower.state }
    this.#context.sql.all(
      `INSERT INTO after_event (only, cursor, failures, failing_since, due) VALUES (1, ?1, ?2, ?3, ?4)
        ON CONFLICT (only) DO UPDATE SET cursor = excluded.cursor, failures = excluded.failures,
        failing_since = excluded.failing_since, due = excluded.due`,
      ...[cursor, failures, failingSince, due],
    )
  }

  /** Looks again after the run in which the next event is stored. */
  #watch(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    const { log } = this.#context
    log.whenReached(log.head + 1, () => {
      this.#isWatching = false
      this.#changed()
    })
  }
}

function startAt(cursor: number): FollowerState {
  return { active: true, cursor, again: [], failures: 0, failingSince: null, due: 0, lastError: null }
}

function read(sql: Sql): FollowerState | null {
  const row = first<Row>(sql, `SELECT cursor, failures, failing_since, due FROM after_event`)
  if (row === null) return null
  const { cursor, failures, failing_since: failingSince, due } = row
  return { ...startAt(cursor), failures, failingSince, due }
}

/** Runs a handler after every event. */
export function afterEvent(handle: HandleEvents): ComponentDefinition {
  return {
    name: 'after-event',
    migrations: [
      [
        // cursor: seq of the last event that is done with; failures: in a row; failing_since: ms; due: ms: not before this.
        `CREATE TABLE after_event (
          only INTEGER PRIMARY KEY CHECK (only = 1),
          cursor INTEGER NOT NULL,
          failures INTEGER NOT NULL,
          failing_since INTEGER,
          due INTEGER NOT NULL
        )`,
        // Where this code comes to a circle that has a log already, it begins with what comes next.
        `INSERT INTO after_event SELECT 1, coalesce(max(seq), 0), 0, NULL, 0 FROM events`,
      ],
    ],
    create: (context, changed) => new AfterEvent(context, handle, changed),
  }
}
