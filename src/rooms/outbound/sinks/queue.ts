import type { Sql, SqlRow } from '../../../lib/sql.ts'
import { type DeliveredEvent, deliveredEvent } from '../../../protocol/dialects/native.ts'
import type { Changed, Component } from '../../component.ts'
import type { RoomContext } from '../../context.ts'
import type { FollowerPolicy, FollowerState, TryResult } from '../../log/log-follower.ts'
import { LogFollowers } from '../../log/log-followers.ts'
import { nothing, type Outcome } from '../../outcome.ts'
import type { ComponentDefinition } from '../../tables.ts'
import type { Sink } from './setting.ts'

const policy: FollowerPolicy = {
  leaseMs: 30_000, // a try takes at most 10 s; after this it is lost
  firstPauseMs: 1_000,
  longestPauseMs: 3_600_000,
  giveUpMs: Number.POSITIVE_INFINITY, // the operator mends it, and nothing is left out
}

type SinkState = FollowerState & { id: string; sink: Sink }
type SinkRow = SqlRow & {
  id: string
  cursor: number
  failures: number
  failing_since: number | null
  due: number
  last_error: string | null
}

/** Sends an event to its sink in the background, and then calls `SinkQueue.finished` with the result. */
type SendToSink = (sink: Sink, event: DeliveredEvent) => void

/** The sinks of one channel. Each follows the log by a cursor of its own, one event at a time, in order. */
export class SinkQueue implements Component {
  readonly #context: RoomContext
  readonly #send: SendToSink
  readonly #changed: Changed
  readonly #followers: LogFollowers<SinkState>

  constructor(context: RoomContext, sinks: readonly Sink[], send: SendToSink, changed: Changed) {
    const { sql, log } = context
    this.#context = context
    this.#send = send
    this.#changed = changed
    this.#followers = new LogFollowers(log, readStates(sql, sinks, log.head), {
      policy,
      wants: ({ sink }, { type }) => sink.events?.includes(type) ?? true,
      store: state => store(sql, state),
      changed,
    })
  }

  nextAlarm(): number | null {
    return this.#followers.nextDue
  }

  keepsFrom(): number | null {
    return this.#followers.keepsFrom
  }

  onAlarm(): Outcome {
    this.#changed() // afterRun sends what is due
    return nothing
  }

  afterRun(now: number): Outcome {
    const { channelName, settings } = this.#context
    for (const [{ sink }, event] of this.#followers.take(now)) {
      this.#send(sink, deliveredEvent(event, channelName, settings.epoch))
    }
    return nothing
  }

  /** Records the result of a try. */
  finished(id: string, seq: number, result: TryResult, now: number): Outcome {
    this.#followers.finished(id, seq, result, now)
    return nothing
  }

  onImport(): void {
    this.#context.sql.all(`UPDATE sinks SET cursor = (SELECT coalesce(max(seq), 0) FROM events)`)
  }
}

/** The states of these sinks. A new one begins with the next event; its row is what a crash before that leaves of it. */
function readStates(sql: Sql, sinks: readonly Sink[], head: number): SinkState[] {
  const rows = new Map(sql.all<SinkRow>(`SELECT * FROM sinks`).map(row => [row.id, row]))
  return sinks.map(sink => {
    const row = rows.get(sink.id)
    const { cursor = head, failures = 0, failing_since = null, due = 0, last_error = null } = row ?? {}
    const initial = { active: true, again: [], failingSince: failing_since, lastError: last_error }
    const state = { ...initial, id: sink.id, sink, cursor, failures, due }
    if (row === undefined) store(sql, state)
    return state
  })
}

function store(sql: Sql, { id, cursor, failures, failingSince, due, lastError }: SinkState): void {
  sql.all(
    `INSERT INTO sinks (id, cursor, failures, failing_since, due, last_error) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      ON CONFLICT (id) DO UPDATE SET cursor = excluded.cursor, failures = excluded.failures,
      failing_since = excluded.failing_since, due = excluded.due, last_error = excluded.last_error`,
    ...[id, cursor, failures, failingSince, due, lastError],
  )
}

/** Sends a channel's events to the sinks that the operator configured for it. */
export function sinks(configured: readonly Sink[], send: SendToSink): ComponentDefinition {
  return {
    name: 'sinks',
    migrations: [
      [
        // id: queue:<binding> or service:<binding>; cursor: seq of the last event that was handled; failures: in a row;
        // failing_since: ms; due: ms: no try before this.
        `CREATE TABLE IF NOT EXISTS sinks (
          id TEXT PRIMARY KEY,
          cursor INTEGER NOT NULL,
          failures INTEGER NOT NULL,
          failing_since INTEGER,
          due INTEGER NOT NULL,
          last_error TEXT
        ) WITHOUT ROWID`,
      ],
    ],
    create: (context, changed) => new SinkQueue(context, configured, send, changed),
  }
}
