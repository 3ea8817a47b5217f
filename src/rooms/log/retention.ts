import type { Limits } from '../../protocol/limits.ts'
import type { Changed, Component, Components } from '../component.ts'
import type { Settings } from '../members/settings.ts'
import { nothing, type Outcome } from '../outcome.ts'
import type { ComponentDefinition } from '../tables.ts'
import type { EventLog } from './event-log.ts'
import type { Reactions } from './reactions.ts'
import type { Search } from './search.ts'

const dayMs = 86_400_000
const slackMs = 3_600_000 // how much longer an old event may stay, so that a day's events go in few batches
const slackBytes = 16_000_000 // how much larger a log may grow, for the same reason
const batch = 1_000 // events removed at a time

type Context = {
  log: EventLog
  settings: Settings
  search: Search
  reactions: Reactions
  limits: Limits
  components: Components
  openedAt: number // ms
}

/** How large the log of a channel may be: what its owner set, at most what the operator permits. */
export function maxLogBytes({ settings, limits }: Pick<Context, 'settings' | 'limits'>): number {
  return Math.min(settings.value.retention.bytes ?? limits.retention_bytes, limits.retention_bytes)
}

/**
 * Removes events beyond the limits of count, age and size. Works in batches, never for a single message. What a component
 * has yet to handle stays until the log is too large.
 */
class Retention implements Component {
  readonly #context: Context
  readonly #changed: Changed
  #heldUntil: number | null = null // ms: when a batch that waits for a component is looked at again; null: not known yet

  constructor(context: Context, changed: Changed) {
    this.#context = context
    this.#changed = changed
    this.#watch()
  }

  nextAlarm(): number | null {
    return this.#due(0)
  }

  onAlarm(now: number): Outcome {
    const { log, search, reactions } = this.#context
    const due = this.#due(now)
    if (due === null || due > now) return nothing
    if (!log.isCounted) log.countMore()
    const keepFrom = this.#keepFrom(now)
    if (keepFrom > log.earliest) log.trim(keepFrom)
    this.#context.components.onErased(0, log.earliest)
    search.removeBefore(log.earliest)
    reactions.removeBefore(log.earliest)
    this.#watch()
    return nothing
  }

  /** Seq of the first event that stays after this batch. */
  #keepFrom(now: number): number {
    const { log, settings, components } = this.#context
    const { events, days } = settings.value.retention
    const byCount = events === undefined ? log.earliest : log.head - events + 1
    const byAge = days === undefined ? log.earliest : log.firstSince(now - days * dayMs, batch)
    const excess = log.bytes - maxLogBytes(this.#context)
    const bySize = excess <= 0 ? log.earliest : log.firstAfterBytes(excess, batch)
    const old = Math.max(byCount, byAge)
    const handled = Math.min(old, components.keepsFrom() ?? old)
    const keepFrom = Math.min(Math.max(handled, bySize), log.earliest + batch)
    this.#heldUntil = handled < old && keepFrom >= handled ? now + slackMs : 0
    return keepFrom
  }

  onConfigure(): void {
    this.#watch()
  }

  /** When the next batch is due (ms), or null; `soon` if it is due by count or size. */
  #due(soon: number): number | null {
    const { log, settings } = this.#context
    const { days } = settings.value.retention
    if (!log.isCounted) return soon
    if (log.bytes >= this.#largeAt() && log.earliest < log.head) return soon
    const fullAt = this.#fullAt()
    if (fullAt !== null && log.head >= fullAt) return Math.max(soon, this.#waitsUntil())
    // The newest event stays, however old.
    const oldest = days === undefined || log.earliest >= log.head ? null : log.oldestAt
    return oldest === null || days === undefined ? null : Math.max(oldest + days * dayMs + slackMs, this.#waitsUntil())
  }

  /** When a batch by count or by age may go at the earliest (ms); 0: at once. */
  #waitsUntil(): number {
    const { log, components, openedAt } = this.#context
    this.#heldUntil ??= (components.keepsFrom() ?? log.head) <= log.earliest ? openedAt + slackMs : 0
    return this.#heldUntil
  }

  /** The seq with which a batch by count is due; null: there is no limit by count. */
  #fullAt(): number | null {
    const { log, settings } = this.#context
    const { events } = settings.value.retention
    return events === undefined ? null : log.earliest + events + Math.min(batch, Math.ceil(events / 10))
  }

  /** The size with which a batch by size is due. */
  #largeAt(): number {
    const most = maxLogBytes(this.#context)
    return most + Math.min(slackBytes, Math.ceil(most / 10))
  }

  /** Recomputes what is due, and does so again when the log has grown enough for the result to differ. */
  #watch(): void {
    const { log, settings } = this.#context
    this.#changed()
    const fullAt = this.#fullAt()
    const again = () => this.#watch()
    if (log.bytes < this.#largeAt()) log.whenLarge(this.#largeAt(), again)
    else if (log.earliest >= log.head) log.whenReached(log.head + 1, again) // the newest event alone is too large
    // The newest event is never removed: only when there are two is there one to remove by age.
    if (settings.value.retention.days !== undefined && log.earliest >= log.head) log.whenReached(log.head + 1, again)
    else if (fullAt !== null && log.head < fullAt) log.whenReached(fullAt, again)
  }
}

/** Removes old events. */
export const retention: ComponentDefinition = {
  name: 'retention',
  create: (context, changed) => new Retention(context, changed),
}
