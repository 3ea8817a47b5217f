import type { Sql } from '../../../lib/sql.ts'
import { deliveredEvent } from '../../../protocol/dialects/native.ts'
import type { LoggedEvent } from '../../../protocol/events/events.ts'
import type { Changed, Component } from '../../component.ts'
import type { RoomContext } from '../../context.ts'
import type { FollowerPolicy, TryResult } from '../../log/log-follower.ts'
import { LogFollowers } from '../../log/log-followers.ts'
import { standingOf } from '../../members/standing.ts'
import { nothing, type Outcome, outcome, sequence } from '../../outcome.ts'
import type { ComponentDefinition } from '../../tables.ts'
import { type Delivery, readWebhook, type WebhookRow, type WebhookState } from './webhook.ts'

const policy: FollowerPolicy = {
  leaseMs: 30_000, // a try takes at most 10 s; after this it is lost
  firstPauseMs: 5_000,
  longestPauseMs: 3_600_000,
  giveUpMs: 86_400_000, // of failures in a row; then the webhook is switched off
}

// Like a receiver that is down: tried again, in case its maker becomes an owner again, and given up after a day.
const notOwner: TryResult = { ok: false, error: 'who made it is not an owner now', gone: false }

/** Posts an event to its receiver in the background, and then calls `WebhookQueue.finished` with the result. */
type PostWebhook = (delivery: Delivery) => void

/** The webhooks of one channel. Each follows the log by a cursor of its own, one event at a time, in order. */
export class WebhookQueue implements Component {
  readonly #context: RoomContext
  readonly #post: PostWebhook
  readonly #changed: Changed
  readonly #followers: LogFollowers<WebhookState>

  constructor(context: RoomContext, post: PostWebhook, changed: Changed) {
    const { sql, log } = context
    this.#context = context
    this.#post = post
    this.#changed = changed
    const rows = sql.all<WebhookRow>(`SELECT * FROM webhooks ORDER BY rowid`)
    this.#followers = new LogFollowers(log, rows.map(readWebhook), {
      policy,
      wants: ({ events }, { type }) => events?.includes(type) ?? true,
      store: webhook => store(sql, webhook),
      changed,
    })
  }

  /** All webhooks. */
  all(): WebhookState[] {
    return this.#followers.all()
  }

  /** The webhook with this id, or null. */
  find(id: string): WebhookState | null {
    return this.#followers.find(id)
  }

  /** Stores a webhook, new or changed. */
  put(webhook: WebhookState): void {
    this.#followers.put(webhook)
  }

  /** Removes a webhook. */
  remove(id: string): void {
    this.#context.sql.all(`DELETE FROM webhooks WHERE id = ?1`, id)
    this.#followers.remove(id)
  }

  nextAlarm(): number | null {
    return this.#followers.nextDue
  }

  keepsFrom(): number | null {
    return this.#followers.keepsFrom
  }

  onAlarm(): Outcome {
    this.#changed() // afterRun posts what is due
    return nothing
  }

  afterRun(now: number): Outcome {
    const refused = this.#followers.take(now).map(([webhook, event]) => {
      if (!this.#isWorth(webhook)) return this.finished(webhook.id, event.seq, notOwner, now)
      this.#post(this.#deliveryOf(webhook, event, now))
      return nothing
    })
    return sequence(...refused)
  }

  /** Records the result of a try. If it switches the webhook off, an event names its host: its URL may be secret. */
  finished(id: string, seq: number, result: TryResult, now: number): Outcome {
    if (this.#followers.finished(id, seq, result, now) !== 'given up') return nothing
    const { url = '', failures = 0, lastError = null } = this.find(id) ?? {}
    const data = { webhook: id, host: URL.parse(url)?.host ?? '', reason: lastError ?? '', failures }
    return outcome({ events: [this.#context.log.append({ type: 'webhook_failed', user: '', id: null, data }, now)] })
  }

  onImport(): void {
    const head = `(SELECT coalesce(max(seq), 0) FROM events)`
    this.#context.sql.all(`UPDATE webhooks SET cursor = ${head}, again = '[]'`)
  }

  /** May its maker have a webhook now? Of those from before makers were stored, an owner made each. */
  #isWorth({ maker }: WebhookState): boolean {
    return maker === null || standingOf(this.#context, maker) === 'owner'
  }

  #deliveryOf({ id, url, secret }: WebhookState, event: LoggedEvent, now: number): Delivery {
    const { channelName, settings } = this.#context
    const { seq, type } = event
    const body = JSON.stringify(deliveredEvent(event, channelName, settings.epoch))
    return { hook: id, seq, url, secret, id: `${id}:${settings.epoch}:${seq}`, type, body, at: now }
  }
}

function store(sql: Sql, webhook: WebhookState): void {
  sql.all(
    `INSERT INTO webhooks (id, url, events, secret, active, cursor, again, failures, failing_since, due, last_error, maker)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT (id) DO UPDATE SET
      url = excluded.url, events = excluded.events, active = excluded.active, cursor = excluded.cursor,
      again = excluded.again, failures = excluded.failures, failing_since = excluded.failing_since,
      due = excluded.due, last_error = excluded.last_error, maker = excluded.maker`,
    ...[webhook.id, webhook.url, webhook.events === null ? null : JSON.stringify(webhook.events), webhook.secret],
    ...[Number(webhook.active), webhook.cursor, JSON.stringify(webhook.again)],
    ...[webhook.failures, webhook.failingSince, webhook.due, webhook.lastError, webhook.maker],
  )
}

/** Posts a channel's events to the URLs that an owner configured. */
export function webhooks(post: PostWebhook): ComponentDefinition {
  return {
    name: 'webhooks',
    migrations: [
      [
        // events: JSON list of types, or null: all; cursor: seq of the last event that was handled; again: JSON list of seqs
        // to be sent again by hand; failures: in a row; failing_since: ms; due: ms: no try before this.
        `CREATE TABLE IF NOT EXISTS webhooks (
          id TEXT PRIMARY KEY,
          url TEXT NOT NULL,
          events TEXT,
          secret TEXT NOT NULL,
          active INTEGER NOT NULL,
          cursor INTEGER NOT NULL,
          again TEXT NOT NULL,
          failures INTEGER NOT NULL,
          failing_since INTEGER,
          due INTEGER NOT NULL,
          last_error TEXT
        )`,
      ],
      [`ALTER TABLE webhooks ADD COLUMN maker TEXT`], // user id of the owner who made or changed it last; null: not known
    ],
    create: (context, changed) => new WebhookQueue(context, post, changed),
  }
}
