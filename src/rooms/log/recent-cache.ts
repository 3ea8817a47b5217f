import type { LoggedEvent } from '../../protocol/events/events.ts'

const maxEvents = 1_000
const maxCharacters = 524_288 // of data

/** The last events of a log, kept in memory while the object is awake: clients that reconnect read them. */
export class RecentEvents {
  #events: LoggedEvent[] = [] // without a gap, up to the head
  #sizes: number[] = []
  #characters = 0

  /** Adds an event that was appended to the log. */
  push(event: LoggedEvent, size: number): void {
    this.#events.push(event)
    this.#sizes.push(size)
    this.#characters += size
    // The cache may grow to twice its size before it is cut, so that most messages copy no array.
    if (this.#events.length > 2 * maxEvents || this.#characters > 2 * maxCharacters) this.#shrink()
  }

  /** Adds events that were read from storage, if they end just before the first cached one, or else at the head. */
  unshift(events: readonly LoggedEvent[], sizes: readonly number[], head: number): void {
    const end = (this.#events[0]?.seq ?? head + 1) - 1
    const characters = this.#characters + sizes.reduce((sum, size) => sum + size, 0)
    if (events.at(-1)?.seq !== end) return
    if (this.#events.length + events.length > maxEvents || characters > maxCharacters) return
    this.#events.unshift(...events)
    this.#sizes.unshift(...sizes)
    this.#characters = characters
  }

  /** Empties the cache: the stored events have changed. */
  clear(): void {
    this.#events = []
    this.#sizes = []
    this.#characters = 0
  }

  /** The events after `seq`, at most `limit`; null: not all of them are cached. */
  after(seq: number, limit: number): LoggedEvent[] | null {
    const first = this.#events[0]?.seq
    return first === undefined || seq + 1 < first ? null : this.#events.slice(seq + 1 - first, seq + 1 - first + limit)
  }

  /** The events just before `seq`, at most `limit`, oldest first; null: not all of them are cached. */
  before(seq: number, limit: number): LoggedEvent[] | null {
    const first = this.#events[0]?.seq ?? 0
    const end = Math.min(seq - first, this.#events.length)
    return end < limit ? null : this.#events.slice(end - limit, end)
  }

  #shrink(): void {
    let kept = 0
    let characters = 0
    while (kept < Math.min(maxEvents, this.#events.length) && characters < maxCharacters) {
      kept += 1
      characters += this.#sizes.at(-kept) ?? 0
    }
    this.#events = this.#events.slice(-kept)
    this.#sizes = this.#sizes.slice(-kept)
    this.#characters = characters
  }
}
