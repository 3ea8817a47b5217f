import { pauseAfter } from '../../../lib/retry.ts'
import type { SqlRow } from '../../../lib/sql.ts'
import type { LoggedEvent } from '../../../protocol/events/events.ts'
import type { Digest } from '../../../rpc/channel.ts'
import type { Changed, Component } from '../../component.ts'
import type { RoomContext } from '../../context.ts'
import { nothing, type Outcome } from '../../outcome.ts'
import type { ComponentDefinition } from '../../tables.ts'
import { formatDigest } from './format.ts'

const quietMs = 10_000 // without events before a digest is sent …
const maxDelayMs = 60_000 // … but no later than this after the first event
const leaseMs = 30_000 // without a response from the circle, before the digest is sent again
const pauses = { firstPauseMs: leaseMs, longestPauseMs: 3_600_000 }
const maxEvents = 2_000
const pageEvents = 500

/** A linked circle. `sentTo`: seq up to which it was sent digests; `since`: time of the first event after that (ms). */
type Subscription = { sentTo: number; since: number | null; notBefore: number; failures: number }
type Row = SqlRow & Omit<Subscription, 'since'> & { circle: string }
type Context = Pick<RoomContext, 'sql' | 'log' | 'settings' | 'name' | 'kind'>

/** Sends a digest to a circle in the background, and then calls `DigestQueue.received` or `DigestQueue.failed`. */
type SendDigest = (circle: string, digest: Digest) => void

/**
 * The digests that a workspace sends to its circles. Stored are only each circle's last seq and its failures; the rest
 * is read from the log. A digest that may not have arrived is sent again from the same seq; a circle stores it once.
 */
export class DigestQueue implements Component {
  readonly #context: Context
  readonly #send: SendDigest
  readonly #changed: Changed
  readonly #subscriptions = new Map<string, Subscription>() // by circle
  #watchedUpTo = 0 // seq: `#watch` runs again when the log reaches it

  constructor(context: Context, send: SendDigest, changed: Changed) {
    this.#context = context
    this.#send = send
    this.#changed = changed
    const rows = context.sql.all<Row>(`SELECT circle, told AS sentTo, failures, not_before AS notBefore FROM digests`)
    for (const { circle, ...known } of rows) this.#subscribe(circle, known)
    this.#watch()
  }

  nextAlarm(): number | null {
    let next: number | null = null
    for (const subscription of this.#subscriptions.values()) {
      const due = this.#dueOf(subscription)
      if (due !== null && (next === null || due < next)) next = due
    }
    return next
  }

  /** Sends a digest to every circle for which one is due. */
  onAlarm(now: number): Outcome {
    for (const [circle, subscription] of this.#subscriptions) {
      const due = this.#dueOf(subscription)
      if (due !== null && due <= now) this.#sendTo(circle, subscription, now)
    }
    return nothing
  }

  /** Adds the circles that were linked, and removes those that no longer are. */
  onConfigure(): void {
    const { sql, log } = this.#context
    const circles = receiversIn(this.#context)
    for (const circle of this.#subscriptions.keys()) {
      if (circles.includes(circle)) continue
      this.#subscriptions.delete(circle)
      sql.all(`DELETE FROM digests WHERE circle = ?1`, circle)
    }
    for (const circle of circles) {
      if (this.#subscriptions.has(circle)) continue
      sql.all(`INSERT INTO digests (circle, told, failures, not_before) VALUES (?1, ?2, 0, 0)`, circle, log.head)
      this.#subscribe(circle, { sentTo: log.head, failures: 0, notBefore: 0 })
    }
    this.#watch()
  }

  /** A circle has stored everything up to a seq. Null: it has not linked this workspace, and gets nothing. */
  received(circle: string, to: number | null): Outcome {
    const subscription = this.#subscriptions.get(circle)
    if (subscription !== undefined) this.#sentUpTo(circle, subscription, to ?? this.#context.log.head)
    return nothing
  }

  /** A circle could not be reached. */
  failed(circle: string, now: number): Outcome {
    const subscription = this.#subscriptions.get(circle)
    if (subscription === undefined) return nothing
    subscription.failures += 1
    subscription.notBefore = now + pauseAfter(subscription.failures, pauses)
    this.#store(circle, subscription)
    return nothing
  }

  #subscribe(circle: string, known: Omit<Subscription, 'since'>): void {
    this.#subscriptions.set(circle, { ...known, since: this.#firstAfter(known.sentTo) })
  }

  /** Updates what is due, now and after the next event if a circle is linked. */
  #watch(): void {
    const { log } = this.#context
    this.#changed()
    for (const subscription of this.#subscriptions.values()) {
      if (log.head > subscription.sentTo) subscription.since ??= log.newestAt
    }
    if (this.#subscriptions.size === 0 || this.#watchedUpTo > log.head) return
    this.#watchedUpTo = log.head + 1
    log.whenReached(this.#watchedUpTo, () => this.#watch())
  }

  #dueOf({ since, notBefore }: Subscription): number | null {
    if (since === null) return null
    return Math.max(notBefore, Math.min(this.#context.log.newestAt + quietMs, since + maxDelayMs))
  }

  #sendTo(circle: string, subscription: Subscription, now: number): void {
    const { log, settings, name } = this.#context
    const events = this.#eventsAfter(subscription.sentTo)
    const to = events.at(-1)?.seq ?? log.head
    const from = events[0]?.seq ?? to
    const text = formatDigest(events, log.latest('git_status', pageEvents, from)?.data ?? null)
    if (text === null) {
      this.#sentUpTo(circle, subscription, to)
      return
    }
    subscription.notBefore = now + leaseMs
    this.#changed()
    this.#send(circle, { workspace: name, epoch: settings.epoch, from, to, line: text })
  }

  #sentUpTo(circle: string, subscription: Subscription, sentTo: number): void {
    Object.assign(subscription, { sentTo, since: this.#firstAfter(sentTo), notBefore: 0, failures: 0 })
    this.#store(circle, subscription)
  }

  #store(circle: string, { sentTo, failures, notBefore }: Subscription): void {
    this.#changed()
    this.#context.sql.all(
      `UPDATE digests SET told = ?2, failures = ?3, not_before = ?4 WHERE circle = ?1`,
      ...[circle, sentTo, failures, notBefore],
    )
  }

  /** When the first event after a seq came (ms), or null. */
  #firstAfter(seq: number): number | null {
    return this.#context.log.after(seq, 1).events[0]?.at ?? null
  }

  #eventsAfter(seq: number): LoggedEvent[] {
    const events: LoggedEvent[] = []
    for (let more = true; more && events.length < maxEvents; ) {
      const page = this.#context.log.after(events.at(-1)?.seq ?? seq, pageEvents)
      events.push(...page.events)
      more = page.more
    }
    return events
  }
}

/** The names of the channels that a channel is linked to, all of one kind; none if its kind sends no digests. */
function receiversIn({ kind, settings }: Context): string[] {
  if (kind.digests !== 'sends') return []
  return settings.value.links.map(link => link.slice(link.indexOf(':') + 1))
}

/** Sends a workspace's changes to the circles that are linked to it. */
export function digests(send: SendDigest): ComponentDefinition {
  return {
    name: 'digests',
    migrations: [
      [
        // told: seq up to which this circle was sent events; failures: in a row; not_before: ms: after a failure.
        `CREATE TABLE IF NOT EXISTS digests (
          circle TEXT PRIMARY KEY,
          told INTEGER NOT NULL,
          failures INTEGER NOT NULL,
          not_before INTEGER NOT NULL
        ) WITHOUT ROWID`,
      ],
    ],
    create: (context, changed) => new DigestQueue(context, send, changed),
  }
}
