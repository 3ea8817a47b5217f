import type { SqlRow } from '../../../lib/sql.ts'
import type { LoggedEvent } from '../../../protocol/events.ts'
import type { Digest } from '../../../rpc/channel.ts'
import type { Changed, Component } from '../../component.ts'
import type { RoomContext } from '../../context.ts'
import { nothing, type Outcome } from '../../outcome.ts'
import type { ComponentDefinition } from '../../tables.ts'
import { formatDigest } from './format.ts'

const quietMs = 10_000 // a digest waits until so long nothing more happened …
const longestMs = 60_000 // … but no longer than this
const leaseMs = 30_000 // without an answer from the circle for so long, it is sent again
const longestPauseMs = 3_600_000
const eventsAtOnce = 2_000
const pageEvents = 500

type Row = SqlRow & { circle: string; told: number; failures: number; not_before: number }
/** A linked circle. `sentTo`: seq up to which it was sent digests; `since`: when the first event after that came, ms. */
type Subscription = { sentTo: number; since: number | null; notBefore: number; failures: number }
type Context = Pick<RoomContext, 'sql' | 'log' | 'settings' | 'name' | 'kind'>

/** Sends a digest to a circle, beside the room; the object calls `Digests.received` or `Digests.failed` afterwards. */
export type SendDigest = (circle: string, digest: Digest) => void

/**
 * The digests that a workspace sends to its circles. All that is stored is up to which seq each circle was sent one, and
 * its failures; the rest follows from the log. A digest that may not have arrived is sent again from the same seq, and a
 * circle stores it once.
 */
export class DigestQueue implements Component {
  readonly #context: Context
  readonly #send: SendDigest
  readonly #changed: Changed
  readonly #subscriptions = new Map<string, Subscription>() // by circle
  #watchedUpTo = 0 // seq: looks again when the log reaches it

  constructor(context: Context, send: SendDigest, changed: Changed) {
    this.#context = context
    this.#send = send
    this.#changed = changed
    for (const { circle, told, failures, not_before } of context.sql.all<Row>(`SELECT * FROM digests`)) {
      this.#subscribe(circle, { sentTo: told, failures, notBefore: not_before })
    }
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

  /** The owner may have linked circles, or unlinked them. */
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

  /** A circle has received everything up to a seq; null: it is not linked from its side. */
  received(circle: string, to: number | null): Outcome {
    const subscription = this.#subscriptions.get(circle)
    if (subscription !== undefined) this.#sentUpTo(circle, subscription, to ?? this.#context.log.head)
    return nothing
  }

  /** A circle could not be reached. */
  failed(circle: string, now: number): Outcome {
    const subscription = this.#subscriptions.get(circle)
    if (subscription === undefined) return nothing
    subscription.notBefore = now + Math.min(longestPauseMs, leaseMs * 2 ** Math.min(subscription.failures, 10))
    subscription.failures += 1
    this.#store(circle, subscription)
    return nothing
  }

  #subscribe(circle: string, known: Omit<Subscription, 'since'>): void {
    this.#subscriptions.set(circle, { ...known, since: this.#firstAfter(known.sentTo) })
  }

  /** Looks again after the next event, if a circle is linked. */
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
    return Math.max(notBefore, Math.min(this.#context.log.newestAt + quietMs, since + longestMs))
  }

  #sendTo(circle: string, subscription: Subscription, now: number): void {
    const { log, settings, name } = this.#context
    const events = this.#eventsAfter(subscription.sentTo)
    const to = events.at(-1)?.seq ?? log.head
    const from = events[0]?.seq ?? to
    const line = formatDigest(events, log.latest('git_status', pageEvents, from)?.data ?? null)
    if (line === null) {
      this.#sentUpTo(circle, subscription, to)
      return
    }
    subscription.notBefore = now + leaseMs
    this.#changed()
    this.#send(circle, { workspace: name, epoch: settings.epoch, from, to, line })
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

  /** When the first event after a seq came (ms), or null: there is none. */
  #firstAfter(seq: number): number | null {
    return this.#context.log.after(seq, 1).events[0]?.at ?? null
  }

  #eventsAfter(seq: number): LoggedEvent[] {
    const events: LoggedEvent[] = []
    for (let more = true; more && events.length < eventsAtOnce; ) {
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
        `CREATE TABLE IF NOT EXISTS digests (
          circle TEXT PRIMARY KEY,
          told INTEGER NOT NULL, -- seq up to which this circle was sent what happened here
          failures INTEGER NOT NULL, -- in a row
          not_before INTEGER NOT NULL -- ms: after a failure
        ) WITHOUT ROWID`,
      ],
    ],
    create: (context, changed) => new DigestQueue(context, send, changed),
  }
}
