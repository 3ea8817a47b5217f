const mostEvents = 2_000
const mostDropped = 500 // that take up places before they are removed: moving the others costs
const mostCharacters = 8_388_608 // an isolate has 128 MB, of which the members need most
/** More than this is not sent to a member at once: what a socket has not taken beyond 1 MiB of UTF-8 closes it. */
const mostAtOnce = 262_144

/** The last events of a circle as native frames, dense: what a member missed while it was away is sent from here. */
export class Ring {
  #events: string[] = [] // those before `#start` are not here any more
  #ends: number[] = [] // the characters that had come with the end of each of them
  #start = 0
  #last = 0 // seq of the last event
  #came = 0 // characters
  #before = 0 // those that had come before the first of them

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
    for (const text of events) {
      this.#came += text.length
      this.#events.push(text)
      this.#ends.push(this.#came)
    }
    this.#last = last
    this.#trim()
  }

  /** Returns whether every event after this seq is here. */
  covers(since: number): boolean {
    const count = this.#events.length - this.#start
    return count > 0 && since >= this.#last - count && since <= this.#last
  }

  /** Returns whether it can be sent at once to whoever missed what follows this seq. */
  serves(since: number): boolean {
    return this.covers(since) && this.#charactersFrom(this.#indexAfter(since)) <= mostAtOnce
  }

  /** The events after a seq, up to and including another. */
  between(since: number, last: number): readonly string[] {
    return this.#events.slice(this.#indexAfter(since), this.#indexAfter(last))
  }

  clear(): void {
    this.#events = []
    this.#ends = []
    this.#start = 0
    this.#before = this.#came
  }

  #indexAfter(seq: number): number {
    return this.#events.length - (this.#last - seq)
  }

  #trim(): void {
    const most = this.#events.length - mostEvents
    while (this.#start < most || this.#charactersFrom(this.#start) > mostCharacters) {
      this.#events[this.#start] = ''
      this.#start += 1
    }
    if (this.#start < mostDropped) return
    this.#before = this.#ends[this.#start - 1] ?? 0
    this.#events.splice(0, this.#start)
    this.#ends.splice(0, this.#start)
    this.#start = 0
  }

  #charactersFrom(index: number): number {
    return this.#came - (this.#ends[index - 1] ?? this.#before)
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
