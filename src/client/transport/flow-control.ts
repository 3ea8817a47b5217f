import { eventsOf, type Frame } from '../frames.ts'
import type { ClientPlatform } from '../platform.ts'

const mostUnreported = 262_144 // characters
const longestUnreportedMs = 5_000
const pauseMs = 500 // between two reports: the server counts them against the frame limit

/**
 * Reports to the server how far this client has received. Only a server that sets `welcome.limits.unread_bytes` asks
 * for it, because its runtime does not know; any other gets no reports.
 */
export class FlowControl {
  readonly #platform: ClientPlatform
  readonly #report: (seq: number) => void
  #isWanted = false
  #seq = 0
  #unreported = 0
  #isPausing = false // after a report
  #cancelTimer: (() => void) | null = null

  constructor(platform: ClientPlatform, report: (seq: number) => void) {
    this.#platform = platform
    this.#report = report
  }

  /** Takes one WebSocket message: its frames, and its length in characters. */
  received(frames: readonly Frame[], characters: number): void {
    const welcome = frames.find(frame => frame.type === 'welcome')
    if (welcome !== undefined) this.#begin((welcome.data.limits.unread_bytes ?? 0) > 0)
    for (const { seq } of eventsOf(frames)) this.#seq = Math.max(this.#seq, seq)
    if (!this.#isWanted) return
    this.#unreported += characters
    if (this.#unreported >= mostUnreported && !this.#isPausing) this.#send()
    else this.#cancelTimer ??= this.#platform.after(longestUnreportedMs, () => this.#send())
  }

  /** Ends with the socket; nothing is pending any more. */
  end(): void {
    this.#begin(false)
  }

  #begin(isWanted: boolean): void {
    this.#isWanted = isWanted
    this.#seq = 0 // another log may have taken the old one's place
    this.#unreported = 0
    this.#cancelTimer?.()
    this.#cancelTimer = null
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
    if (this.#unreported >= mostUnreported) this.#send()
  }
}
