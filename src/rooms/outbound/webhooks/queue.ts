import type { Sql } from '../../../lib/sql.ts'
import { nativeEvent } from '../../../protocol/dialects/native.ts'
import type { EventType, LoggedEvent } from '../../../protocol/events.ts'
import type { EventLog } from '../../log/event-log.ts'
import { type Delivery, type DeliveryOutcome, readWebhook, type WebhookRow, type WebhookState } from './webhook.ts'

const leaseMs = 30_000 // a try that is not heard of for so long was lost; one takes 10 s at most
const firstPauseMs = 5_000
const longestPauseMs = 3_600_000
const patienceMs = 86_400_000 // of failures in a row, then a hook is switched off
const scanned = 1_000 // events passed over before the cursor is written down

/** What a hook's end means for the circle. */
export type SwitchedOff = { hook: WebhookState; error: string }

/**
 * The webhooks of one channel. Each follows the log by a cursor of its own, one event at a time, in order. Only the
 * cursor is stored: what was on its way when the object died is simply sent again.
 */
export class WebhookQueue {
  readonly #sql: Sql
  readonly #log: EventLog
  readonly #channel: string
  readonly #epoch: string
  readonly #hooks: Map<string, WebhookState>
  readonly #underWay = new Map<string, { seq: number; until: number }>() // by hook

  constructor(sql: Sql, log: EventLog, channel: string, epoch: string) {
    this.#sql = sql
    this.#log = log
    this.#channel = channel
    this.#epoch = epoch
    const rows = sql.all<WebhookRow>(`SELECT * FROM webhooks ORDER BY rowid`)
    this.#hooks = new Map(rows.map(row => [row.id, readWebhook(row)]))
  }

  all(): WebhookState[] {
    return [...this.#hooks.values()]
  }

  find(id: string): WebhookState | null {
    return this.#hooks.get(id) ?? null
  }

  /** Keeps a hook, new or changed. */
  keep(hook: WebhookState): void {
    this.#hooks.set(hook.id, hook)
    this.#store(hook)
  }

  remove(id: string): void {
    this.#hooks.delete(id)
    this.#underWay.delete(id)
    this.#sql.all(`DELETE FROM webhooks WHERE id = ?1`, id)
  }

  /** When something is to be sent next, or a try given up (ms), or null. */
  get nextDue(): number | null {
    let next: number | null = null
    for (const hook of this.#hooks.values()) {
      const at = this.#underWay.get(hook.id)?.until ?? (this.#hasWork(hook) ? hook.due : null)
      if (at !== null && (next === null || at < next)) next = at
    }
    return next
  }

  /** What is to be sent now: one event for each hook that is free. */
  start(now: number): Delivery[] {
    if (this.#hooks.size === 0) return []
    return this.all().flatMap(hook => {
      const lease = this.#underWay.get(hook.id)
      if (lease !== undefined && now < lease.until) return []
      this.#underWay.delete(hook.id)
      if (!this.#hasWork(hook) || hook.due > now) return []
      const event = this.#next(hook)
      if (event === null) return []
      this.#underWay.set(hook.id, { seq: event.seq, until: now + leaseMs })
      return [this.#deliveryOf(hook, event, now)]
    })
  }

  /** A try is over. Tells of a hook that is switched off by it. */
  ended(id: string, seq: number, outcome: DeliveryOutcome, now: number): SwitchedOff | null {
    const hook = this.#hooks.get(id)
    if (hook === undefined || this.#underWay.get(id)?.seq !== seq) return null // removed, or tried again since
    this.#underWay.delete(id)
    if (outcome.ok) {
      if (hook.again[0] === seq) hook.again.shift()
      else hook.cursor = Math.max(hook.cursor, seq)
      Object.assign(hook, { failures: 0, failingSince: null, due: 0, lastError: null })
      this.#store(hook)
      return null
    }
    hook.failures += 1
    hook.failingSince ??= now
    hook.lastError = outcome.error
    hook.due = now + Math.min(longestPauseMs, firstPauseMs * 2 ** (hook.failures - 1))
    hook.active = !outcome.gone && now - hook.failingSince < patienceMs
    this.#store(hook)
    return hook.active ? null : { hook, error: outcome.error }
  }

  #hasWork({ active, again, cursor }: WebhookState): boolean {
    return active && (again.length > 0 || cursor < this.#log.head)
  }

  /** The next event this hook wants, past those it does not. */
  #next(hook: WebhookState): LoggedEvent | null {
    for (let seq = hook.again[0]; seq !== undefined; seq = hook.again[0]) {
      const event = this.#log.at(seq)
      if (event !== null) return event
      hook.again.shift() // trimmed since
    }
    const from = hook.cursor
    while (hook.cursor < this.#log.head) {
      const { events } = this.#log.after(hook.cursor, 200)
      const wanted = events.find(({ type }) => hook.events === null || hook.events.includes(type))
      hook.cursor = wanted === undefined ? (events.at(-1)?.seq ?? this.#log.head) : wanted.seq - 1
      if (wanted !== undefined) return wanted
    }
    if (hook.cursor - from >= scanned) this.#store(hook)
    return null
  }

  #deliveryOf({ id, url, secret }: WebhookState, event: LoggedEvent, now: number): Delivery {
    const { seq, type } = event
    const body = JSON.stringify({ ...nativeEvent(event, this.#channel), epoch: this.#epoch })
    return { hook: id, seq, url, secret, id: `${id}:${this.#epoch}:${seq}`, type: type as EventType, body, at: now }
  }

  #store({
    id,
    url,
    events,
    secret,
    active,
    cursor,
    again,
    failures,
    failingSince,
    due,
    lastError,
  }: WebhookState): void {
    this.#sql.all(
      `INSERT INTO webhooks (id, url, events, secret, active, cursor, again, failures, failing_since, due, last_error)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (id) DO UPDATE SET
        url = excluded.url, events = excluded.events, active = excluded.active, cursor = excluded.cursor,
        again = excluded.again, failures = excluded.failures, failing_since = excluded.failing_since,
        due = excluded.due, last_error = excluded.last_error`,
      id,
      url,
      events === null ? null : JSON.stringify(events),
      secret,
      Number(active),
      cursor,
      JSON.stringify(again),
      failures,
      failingSince,
      due,
      lastError,
    )
  }
}
