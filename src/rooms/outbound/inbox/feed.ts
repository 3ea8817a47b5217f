import type { SqlRow } from '../../../lib/sql.ts'
import type { LoggedEvent } from '../../../protocol/events/events.ts'
import type { Changed, Component } from '../../component.ts'
import type { RoomContext } from '../../context.ts'
import type { FollowerPolicy, FollowerState, TryResult } from '../../log/log-follower.ts'
import { LogFollowers } from '../../log/log-followers.ts'
import { nothing, type Outcome } from '../../outcome.ts'
import type { ComponentDefinition } from '../../tables.ts'
import { type Addressed, addresseesOf, mayBeAddressed } from './addressees.ts'
import { Readers } from './readers.ts'

const policy: FollowerPolicy = {
  leaseMs: 30_000,
  firstPauseMs: 1_000,
  longestPauseMs: 300_000,
  giveUpMs: Number.POSITIVE_INFINITY, // an inbox is ours: it comes back
}
const id = 'inbox'

type FeedState = FollowerState & { id: string }
type Row = SqlRow & { cursor: number; failures: number; failing_since: number | null; due: number }

/** Sends the news of one event in the background, and then calls `InboxFeed.finished` with the result. */
export type SendNews = (seq: number, addressed: readonly Addressed[]) => void

/**
 * Tells people of what is for them. It follows the log by a cursor, one event at a time, in order: an inbox gets each
 * event at least once, and keeps it once. Nobody is told, and nothing is stored, before a person has been here.
 */
export class InboxFeed implements Component {
  readonly #context: RoomContext
  readonly #send: SendNews
  readonly #changed: Changed
  readonly #followers: LogFollowers<FeedState>
  #last: { event: LoggedEvent; addressed: readonly Addressed[] } | null = null // it is asked for twice

  constructor(context: RoomContext, send: SendNews, changed: Changed) {
    const { sql, log } = context
    this.#context = context
    this.#send = send
    this.#changed = changed
    const rows = sql.all<Row>(`SELECT cursor, failures, failing_since, due FROM circles_inbox_feed`)
    this.#followers = new LogFollowers(
      log,
      rows.map(row => stateOf(row)),
      {
        policy,
        wants: (_, event) => mayBeAddressed(event, context) && this.#addresseesOf(event).length > 0,
        store: state => store(context, state),
        changed,
      },
    )
  }

  onJoin(): Outcome {
    if (this.#followers.find(id) === null && this.#context.components.get(Readers).all.size > 0) {
      this.#followers.put(stateOf({ cursor: this.#context.log.head, failures: 0, failing_since: null, due: 0 }))
    }
    return nothing
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
    for (const [, event] of this.#followers.take(now)) this.#send(event.seq, this.#addresseesOf(event))
    return nothing
  }

  /** Records the result of a try. */
  finished(seq: number, result: TryResult, now: number): Outcome {
    this.#followers.finished(id, seq, result, now)
    return nothing
  }

  onImport(): void {
    this.#context.sql.all(`UPDATE circles_inbox_feed SET cursor = (SELECT coalesce(max(seq), 0) FROM events)`)
  }

  #addresseesOf(event: LoggedEvent): readonly Addressed[] {
    if (this.#last?.event === event) return this.#last.addressed
    const addressed = addresseesOf(this.#context, this.#context.components.get(Readers).all, event)
    this.#last = { event, addressed }
    return addressed
  }
}

function stateOf({ cursor, failures, failing_since, due }: Row): FeedState {
  return { id, active: true, again: [], cursor, failures, failingSince: failing_since, due, lastError: null }
}

function store({ sql }: RoomContext, { cursor, failures, failingSince, due }: FeedState): void {
  sql.all(
    `INSERT INTO circles_inbox_feed (only, cursor, failures, failing_since, due) VALUES (1, ?1, ?2, ?3, ?4)
      ON CONFLICT (only) DO UPDATE SET cursor = excluded.cursor, failures = excluded.failures,
      failing_since = excluded.failing_since, due = excluded.due`,
    ...[cursor, failures, failingSince, due],
  )
}

/** Feeds the inboxes of the people of a channel. It needs `readers` before it. */
export function inboxFeed(send: SendNews): ComponentDefinition {
  return {
    name: 'inbox',
    migrations: [
      [
        // cursor: seq of the last event that was handled; failures: in a row; failing_since: ms; due: ms: no try before
        // this.
        `CREATE TABLE circles_inbox_feed (
          only INTEGER PRIMARY KEY CHECK (only = 1),
          cursor INTEGER NOT NULL,
          failures INTEGER NOT NULL,
          failing_since INTEGER,
          due INTEGER NOT NULL
        )`,
      ],
    ],
    create: (context, changed) => new InboxFeed(context, send, changed),
  }
}
