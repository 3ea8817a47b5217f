const mostEvents = 2_000
const mostCharacters = 8_388_608 // an isolate has 128 MB, of which the members need most
/** More than this is not sent to a member at once: what a socket has not taken beyond 1 MiB of UTF-8 closes it. */
const mostAtOnce = 262_144

/** The last events of a circle as native frames, dense: what a member missed while it was away is sent from here. */
export class Ring {
  #events: string[] = []
  #last = 0 // seq of the last event
  #characters = 0

  /**
   * Adds the events that came in native messages, each of which is a frame or an array of them; those without a seq are
   * none. They follow the last one that is here: the relay, which alone adds, takes no others from its circle.
   */
  add([first, last]: readonly [number, number], messages: readonly string[]): void {
    const events = messages.flatMap(readEvents)
    if (events.length !== last - first + 1) {
      this.clear()
      return
    }
    this.#events.push(...events)
    this.#last = last
    this.#characters += events.reduce((sum, text) => sum + text.length, 0)
    this.#trim()
  }

  /** Returns whether every event after this seq is here. */
  covers(since: number): boolean {
    return this.#events.length > 0 && since >= this.#last - this.#events.length && since <= this.#last
  }

  /** Returns whether it can be sent at once to whoever missed what follows this seq. */
  serves(since: number): boolean {
    if (!this.covers(since)) return false
    return this.between(since, this.#last).reduce((sum, text) => sum + text.length, 0) <= mostAtOnce
  }

  /** The events after a seq, up to and including another. */
  between(since: number, last: number): readonly string[] {
    const first = this.#last - this.#events.length + 1
    return this.#events.slice(since + 1 - first, last + 1 - first)
  }

  clear(): void {
    this.#events = []
    this.#characters = 0
  }

  #trim(): void {
    let dropped = 0
    while (this.#events.length - dropped > mostEvents || this.#characters > mostCharacters) {
      this.#characters -= this.#events[dropped]?.length ?? 0
      dropped += 1
    }
    if (dropped > 0) this.#events.splice(0, dropped)
  }
}

function readEvents(message: string): string[] {
  const read: unknown = JSON.parse(message)
  if (!Array.isArray(read)) return isEvent(read) ? [message] : []
  return read.filter(isEvent).map(frame => JSON.stringify(frame))
}

function isEvent(frame: unknown): boolean {
  return typeof frame === 'object' && frame !== null && 'seq' in frame
}
