import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { LoggedEvent } from '../protocol/events/events.ts'
import type { Changed, Component } from '../rooms/component.ts'
import type { RoomContext } from '../rooms/context.ts'
import { type FollowerPolicy, type FollowerState, LogFollower, type TryResult } from '../rooms/log/log-follower.ts'
import { nothing, type Outcome } from '../rooms/outcome.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'
import { ownCodeRetries } from './own-code-retries.ts'

const policy: FollowerPolicy = {
  ...ownCodeRetries,
  leaseMs: 900_000, // a handler that does not return for so long is taken for lost
}
const storePauseMs = 1_000 // between two writes of the cursor: a crash repeats at most the events of a second
const wakeMs = 30_000 // after a crash, the alarm looks for what was not handled

/** Handles an event beside the room; calls `AfterEvent.finished` with the result. */
export type HandleEvent = (event: LoggedEvent, context: RoomContext) => void

type Row = SqlRow & { cursor: number; failures: number; failing_since: number | null; due: number }

/** Runs a handler for every event after it was stored: one at a time, in order, at least once, from a stored cursor. */
export class AfterEvent implements Component {
  readonly #context: RoomContext
  readonly #handle: HandleEvent
  readonly #changed: Changed
  readonly #follower: LogFollower<FollowerState>
  #stored: FollowerState
  #storeAt: number | null = null // ms: when the cursor is stored
  #wakeAt: number | null = null // ms: one alarm for a backlog, set once and left to fire

  constructor(context: RoomContext, handle: HandleEvent, changed: Changed) {
    this.#context = context
    this.#handle = handle
    this.#changed = changed
    const state = read(context.sql) ?? startAt(context.log.head)
    this.#stored = { ...state }
    this.#follower = new LogFollower(context.log, state, { policy, wants: () => true, store: () => {} })
    this.#watch()
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
    if (this.#storeAt !== null && now >= this.#storeAt) this.#store()
    return nothing
  }

  afterRun(now: number): Outcome {
    const event = this.#follower.take(now)
    if (event !== null) this.#handle(event, this.#context)
    if (this.#isBehind) this.#storeAt ??= now + storePauseMs
    const { nextDue, state } = this.#follower
    if (nextDue === null) return nothing
    const wakeAt = state.due > now ? state.due : now + wakeMs
    if (this.#wakeAt === null || wakeAt < this.#wakeAt) this.#wakeAt = wakeAt
    return nothing
  }

  /** A handler is done with the event of this seq, or failed. Returns 'given up' after a day of failures: it is passed over. */
  finished(seq: number, result: TryResult, now: number): 'done' | 'retry' | 'given up' | null {
    this.#changed()
    const done = this.#follower.finished(seq, result, now)
    if (done === 'given up') Object.assign(this.#follower.state, startAt(seq))
    if (done === 'retry') this.#store() // so that the pauses grow over a sleep, too
    return done
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

  /** Looks again after the next event. */
  #watch(): void {
    this.#changed()
    this.#context.log.whenReached(this.#context.log.head + 1, () => this.#watch())
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
export function afterEvent(handle: HandleEvent): ComponentDefinition {
  return {
    name: 'after-event',
    migrations: [
      [
        `CREATE TABLE after_event (
          only INTEGER PRIMARY KEY CHECK (only = 1),
          cursor INTEGER NOT NULL, -- seq of the last event that is done with
          failures INTEGER NOT NULL, -- in a row
          failing_since INTEGER, -- ms
          due INTEGER NOT NULL -- ms: not before this
        )`,
        // Where this code comes to a circle that has a log already, it begins with what comes next.
        `INSERT INTO after_event SELECT 1, coalesce(max(seq), 0), 0, NULL, 0 FROM events`,
      ],
    ],
    create: (context, changed) => new AfterEvent(context, handle, changed),
  }
}
