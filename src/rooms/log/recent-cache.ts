import type { LoggedEvent } from '../../protocol/events.ts'

const mostEvents = 1_000
const mostCharacters = 524_288 // of data

/** The last events of a log, kept in memory while the object is awake: what those who come back ask for. */
export class RecentEvents {
  #events: LoggedEvent[] = [] // without a hole, up to the head
  #sizes: number[] = []
  #characters = 0

  /** An event was appended. */
  push(event: LoggedEvent, size: number): void {
    this.#events.push(event)
    this.#sizes.push(size)
    this.#characters += size
    // Twice as much may come together before half of it goes, so that a message moves no array.
    if (this.#events.length > 2 * mostEvents || this.#characters > 2 * mostCharacters) this.#shrink()
  }

  /** Events were read from storage: they join ours where they end at our first one, or at the head if we have none. */
  unshift(events: readonly LoggedEvent[], sizes: readonly number[], head: number): void {
    const end = (this.#events[0]?.seq ?? head + 1) - 1
    const characters = this.#characters + sizes.reduce((sum, size) => sum + size, 0)
    if (events.at(-1)?.seq !== end) return
    if (this.#events.length + events.length > mostEvents || characters > mostCharacters) return
    this.#events.unshift(...events)
    this.#sizes.unshift(...sizes)
    this.#characters = characters
  }

  /** What is kept is not what is stored any more. */
  clear(): void {
    this.#events = []
    this.#sizes = []
    this.#characters = 0
  }

  /** The events after `seq`, at most `limit`; null: not all of them are here. */
  after(seq: number, limit: number): LoggedEvent[] | null {
    const first = this.#events[0]?.seq
    return first === undefined || seq + 1 < first ? null : this.#events.slice(seq + 1 - first, seq + 1 - first + limit)
  }

  /** The events just before `seq`, at most `limit`, oldest first; null: not all of them are here. */
  before(seq: number, limit: number): LoggedEvent[] | null {
    const first = this.#events[0]?.seq ?? 0
    const end = Math.min(seq - first, this.#events.length)
    return end < limit ? null : this.#events.slice(end - limit, end)
  }

  #shrink(): void {
    let kept = 0
    let characters = 0
    while (kept < Math.min(mostEvents, this.#events.length) && characters < mostCharacters) {
      kept += 1
      characters += this.#sizes.at(-kept) ?? 0
    }
    this.#events = this.#events.slice(-kept)
    this.#sizes = this.#sizes.slice(-kept)
    this.#characters = characters
  }
}
