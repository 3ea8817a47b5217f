import { eventsOf, type Frame } from '../frames.ts'
import type { ClientPlatform } from '../platform.ts'

const mostUnreported = 262_144 // characters
const longestUnreportedMs = 5_000
const pauseMs = 500 // between two reports: the server counts them against the frame limit

/** Reports to the server how far this client has received on one socket. `seq`: how far that is to begin with. */
export class FlowControl {
  readonly #platform: ClientPlatform
  readonly #report: (seq: number) => void
  #seq: number
  #hasEnded = false
  #unreported = 0
  #isPausing = false // after a report
  #cancelTimer: (() => void) | null = null

  constructor(platform: ClientPlatform, seq: number, report: (seq: number) => void) {
    this.#platform = platform
    this.#seq = seq
    this.#report = report
  }

  /** Takes one WebSocket message: its frames, and its length in characters. */
  received(frames: readonly Frame[], characters: number): void {
    for (const { seq } of eventsOf(frames)) this.#seq = Math.max(this.#seq, seq)
    this.#unreported += characters
    if (this.#unreported >= mostUnreported && !this.#isPausing) this.#send()
    else this.#cancelTimer ??= this.#platform.after(longestUnreportedMs, () => this.#send())
  }

  /** Ends with the socket; nothing is pending any more. */
  end(): void {
    this.#hasEnded = true
    this.#cancelTimer?.()
  }

  #send(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = null
    this.#unreported = 0
    this.#isPausing = true
    this.#platform.after(pauseMs, () => this.#endPause())
    this.#report(this.#seq)
  }

  #endPause(): void {
    this.#isPausing = false
    if (this.#unreported >= mostUnreported && !this.#hasEnded) this.#send()
  }
}
