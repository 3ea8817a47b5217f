import type { Sql, SqlRow } from '../../../lib/sql.ts'
import type { LoggedEvent } from '../../../protocol/events.ts'
import type { Effect } from '../../effects.ts'
import type { EventLog } from '../../log/event-log.ts'
import type { Settings } from '../../members/settings.ts'
import { formatDigest } from './format.ts'

const quietMs = 10_000 // a digest waits until so long nothing more happened …
const longestMs = 60_000 // … but no longer than this
const leaseMs = 30_000 // no answer from a circle after this: it is told again
const longestPauseMs = 3_600_000
const eventsAtOnce = 2_000
const pageEvents = 500

type Row = SqlRow & { circle: string; told: number; failures: number; not_before: number }
/** A circle that wants to hear, and what it knows. `since`: when the first event came that it does not know, ms. */
type Listener = { told: number; since: number | null; notBefore: number; failures: number }
type Around = { sql: Sql; log: EventLog; settings: Settings; name: string }

/**
 * The digests a workspace owes to its circles. All that is stored is up to where each circle was told, and that it failed; the
 * rest follows from the log. A digest that may or may not have arrived is told again from the same seq, and a circle takes it once.
 */
export class DigestQueue {
  readonly #context: Around
  readonly #listeners = new Map<string, Listener>()

  constructor(context: Around) {
    this.#context = context
    for (const { circle, told, failures, not_before } of context.sql.all<Row>(`SELECT * FROM digests`)) {
      this.#listen(circle, { told, failures, notBefore: not_before })
    }
  }

  /** When the next one is due (ms), or null. */
  get nextDue(): number | null {
    let next: number | null = null
    for (const listener of this.#listeners.values()) {
      const due = this.#dueOf(listener)
      if (due !== null && (next === null || due < next)) next = due
    }
    return next
  }

  /** The owner links circles, or no longer. Belongs into the transaction that stores the configuration. */
  relink(circles: readonly string[]): void {
    const { sql, log } = this.#context
    for (const circle of this.#listeners.keys()) {
      if (circles.includes(circle)) continue
      this.#listeners.delete(circle)
      sql.all(`DELETE FROM digests WHERE circle = ?1`, circle)
    }
    for (const circle of circles) {
      if (this.#listeners.has(circle)) continue
      sql.all(`INSERT INTO digests (circle, told, failures, not_before) VALUES (?1, ?2, 0, 0)`, circle, log.head)
      this.#listen(circle, { told: log.head, failures: 0, notBefore: 0 })
    }
  }

  /** Something happened here. */
  stirred(now: number): void {
    for (const listener of this.#listeners.values()) listener.since ??= now
  }

  /** Tells every circle whose time has come. */
  start(now: number): Effect[] {
    return [...this.#listeners].flatMap(([circle, listener]) => {
      const due = this.#dueOf(listener)
      return due !== null && due <= now ? this.#tell(circle, listener, now) : []
    })
  }

  /** A circle has heard everything up to a seq; `null`: it does not want to. */
  heard(circle: string, to: number | null): Effect[] {
    const listener = this.#listeners.get(circle)
    if (listener !== undefined) this.#knows(circle, listener, to ?? this.#context.log.head)
    return []
  }

  /** A circle could not be told. */
  failed(circle: string, now: number): Effect[] {
    const listener = this.#listeners.get(circle)
    if (listener === undefined) return []
    listener.notBefore = now + Math.min(longestPauseMs, leaseMs * 2 ** Math.min(listener.failures, 10))
    listener.failures += 1
    this.#keep(circle, listener)
    return []
  }

  #listen(circle: string, known: Omit<Listener, 'since'>): void {
    this.#listeners.set(circle, { ...known, since: this.#firstAfter(known.told) })
  }

  #dueOf({ since, notBefore }: Listener): number | null {
    if (since === null) return null
    return Math.max(notBefore, Math.min(this.#context.log.newestAt + quietMs, since + longestMs))
  }

  #tell(circle: string, listener: Listener, now: number): Effect[] {
    const { log, settings, name } = this.#context
    const events = this.#eventsAfter(listener.told)
    const to = events.at(-1)?.seq ?? log.head
    const from = events[0]?.seq ?? to
    const line = formatDigest(events, log.latest('git_status', pageEvents, from)?.data ?? null)
    if (line === null) {
      this.#knows(circle, listener, to)
      return []
    }
    listener.notBefore = now + leaseMs
    return [{ do: 'digest', circle, digest: { workspace: name, epoch: settings.epoch, from, to, line } }]
  }

  #knows(circle: string, listener: Listener, told: number): void {
    Object.assign(listener, { told, since: this.#firstAfter(told), notBefore: 0, failures: 0 })
    this.#keep(circle, listener)
  }

  #keep(circle: string, { told, failures, notBefore }: Listener): void {
    this.#context.sql.all(
      `UPDATE digests SET told = ?2, failures = ?3, not_before = ?4 WHERE circle = ?1`,
      circle,
      told,
      failures,
      notBefore,
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
