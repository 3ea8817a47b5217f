import type { Sql } from '../../../lib/sql.ts'
import { nativeEvent } from '../../../protocol/dialects/native.ts'
import type { LoggedEvent } from '../../../protocol/events/events.ts'
import type { Changed, Component } from '../../component.ts'
import type { RoomContext } from '../../context.ts'
import { LogFollower, type RetryPolicy, type TryResult } from '../../log/log-follower.ts'
import { nothing, type Outcome, outcome } from '../../outcome.ts'
import type { ComponentDefinition } from '../../tables.ts'
import { type Delivery, readWebhook, type WebhookRow, type WebhookState } from './webhook.ts'

const policy: RetryPolicy = {
  leaseMs: 30_000, // a try takes at most 10 s; after this it is lost
  firstPauseMs: 5_000,
  longestPauseMs: 3_600_000,
  giveUpMs: 86_400_000, // of failures in a row; then the webhook is switched off
}

/** Posts an event to its receiver in the background, and then calls `WebhookQueue.finished` with the result. */
type PostWebhook = (delivery: Delivery) => void

/** The webhooks of one channel. Each follows the log by a cursor of its own, one event at a time, in order. */
export class WebhookQueue implements Component {
  readonly #context: Pick<RoomContext, 'sql' | 'log' | 'channelName' | 'settings'>
  readonly #post: PostWebhook
  readonly #changed: Changed
  readonly #followers: Map<string, LogFollower<WebhookState>>
  #watchedUpTo = 0 // seq: `#watch` runs again when the log reaches it

  constructor(
    context: Pick<RoomContext, 'sql' | 'log' | 'channelName' | 'settings'>,
    post: PostWebhook,
    changed: Changed,
  ) {
    this.#context = context
    this.#post = post
    this.#changed = changed
    const rows = context.sql.all<WebhookRow>(`SELECT * FROM webhooks ORDER BY rowid`)
    this.#followers = new Map(rows.map(row => [row.id, this.#follow(readWebhook(row))]))
    this.#watch()
  }

  /** All webhooks. */
  all(): WebhookState[] {
    return [...this.#followers.values()].map(({ state }) => state)
  }

  /** The webhook with this id, or null. */
  find(id: string): WebhookState | null {
    return this.#followers.get(id)?.state ?? null
  }

  /** Stores a webhook, new or changed. */
  put(webhook: WebhookState): void {
    const follower = this.#followers.get(webhook.id)
    if (follower === undefined) this.#followers.set(webhook.id, this.#follow(webhook))
    else follower.state = webhook
    store(this.#context.sql, webhook)
    this.#watch()
  }

  /** Removes a webhook. */
  remove(id: string): void {
    this.#followers.delete(id)
    this.#context.sql.all(`DELETE FROM webhooks WHERE id = ?1`, id)
    this.#changed()
  }

  nextAlarm(): number | null {
    let next: number | null = null
    for (const { nextDue } of this.#followers.values()) {
      if (nextDue !== null && (next === null || nextDue < next)) next = nextDue
    }
    return next
  }

  onAlarm(): Outcome {
    this.#changed() // afterRun posts what is due
    return nothing
  }

  afterRun(now: number): Outcome {
    for (const follower of this.#followers.values()) {
      const event = follower.take(now)
      if (event !== null) this.#post(this.#deliveryOf(follower.state, event, now))
    }
    return nothing
  }

  /** Records the result of a try. If it switches the webhook off, an event names its host: its URL may be secret. */
  finished(id: string, seq: number, result: TryResult, now: number): Outcome {
    const follower = this.#followers.get(id)
    this.#changed()
    if (follower?.finished(seq, result, now) !== 'given up') return nothing
    const { url, failures, lastError } = follower.state
    const data = { webhook: id, host: URL.parse(url)?.host ?? '', reason: lastError ?? '', failures }
    return outcome({ events: [this.#context.log.append({ type: 'webhook_failed', user: '', id: null, data }, now)] })
  }

  onImport(): void {
    const head = `(SELECT coalesce(max(seq), 0) FROM events)`
    this.#context.sql.all(`UPDATE webhooks SET cursor = ${head}, again = '[]'`)
  }

  #follow(webhook: WebhookState): LogFollower<WebhookState> {
    const { sql, log } = this.#context
    const follower: LogFollower<WebhookState> = new LogFollower(log, webhook, {
      policy,
      wants: ({ type }) => follower.state.events?.includes(type) ?? true,
      store: state => store(sql, state),
    })
    return follower
  }

  /** Updates what is due, now and after the next event if there is a webhook. */
  #watch(): void {
    const { log } = this.#context
    this.#changed()
    if (this.#followers.size === 0 || this.#watchedUpTo > log.head) return
    this.#watchedUpTo = log.head + 1
    log.whenReached(this.#watchedUpTo, () => this.#watch())
  }

  #deliveryOf({ id, url, secret }: WebhookState, event: LoggedEvent, now: number): Delivery {
    const { channelName, settings } = this.#context
    const { seq, type } = event
    const body = JSON.stringify({ ...nativeEvent(event, channelName), epoch: settings.epoch })
    return { hook: id, seq, url, secret, id: `${id}:${settings.epoch}:${seq}`, type, body, at: now }
  }
}

function store(sql: Sql, webhook: WebhookState): void {
  sql.all(
    `INSERT INTO webhooks (id, url, events, secret, active, cursor, again, failures, failing_since, due, last_error)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (id) DO UPDATE SET
      url = excluded.url, events = excluded.events, active = excluded.active, cursor = excluded.cursor,
      again = excluded.again, failures = excluded.failures, failing_since = excluded.failing_since,
      due = excluded.due, last_error = excluded.last_error`,
    ...[webhook.id, webhook.url, webhook.events === null ? null : JSON.stringify(webhook.events), webhook.secret],
    ...[Number(webhook.active), webhook.cursor, JSON.stringify(webhook.again)],
    ...[webhook.failures, webhook.failingSince, webhook.due, webhook.lastError],
  )
}

/** Posts a channel's events to the URLs that an owner configured. */
export function webhooks(post: PostWebhook): ComponentDefinition {
  return {
    name: 'webhooks',
    migrations: [
      [
        `CREATE TABLE IF NOT EXISTS webhooks (
          id TEXT PRIMARY KEY,
          url TEXT NOT NULL,
          events TEXT, -- JSON list of types, or null: all
          secret TEXT NOT NULL,
          active INTEGER NOT NULL,
          cursor INTEGER NOT NULL, -- seq of the last event that was handled
          again TEXT NOT NULL, -- JSON list of seqs to be sent again by hand
          failures INTEGER NOT NULL, -- in a row
          failing_since INTEGER, -- ms
          due INTEGER NOT NULL, -- ms: no try before this
          last_error TEXT
        )`,
      ],
    ],
    create: (context, changed) => new WebhookQueue(context, post, changed),
  }
}
