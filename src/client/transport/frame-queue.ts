import type { Limits } from '../../protocol/limits.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import { type Spending, TokenBucket } from './token-bucket.ts'

const encoder = new TextEncoder()

/** A frame on its way out. One with the same key replaces it while it waits. */
export type OutgoingFrame = {
  text: string
  key: string
  spare?: number // frames of the rate limit that it leaves to others
  isEphemeral?: boolean // typing, presence, a signal or a read position
}

/** The frames of one socket, of all tabs, on their way out: no faster than the server's rate limit allows. */
export class FrameQueue {
  readonly #platform: SteadyPlatform
  readonly #transmit: (text: string) => void
  readonly #bucket = new TokenBucket()
  #waiting = new Map<string, OutgoingFrame>()
  #cancelTimer = (): void => {}

  constructor(platform: SteadyPlatform, transmit: (text: string) => void) {
    this.#platform = platform
    this.#transmit = transmit
  }

  /** Starts with a connection. */
  begin(limits: Limits): void {
    this.#bucket.begin(limits, this.#platform.monotonicNow())
  }

  /** Ends with the connection; what waits is dropped. */
  end(): void {
    this.#cancelTimer()
    this.#waiting.clear()
  }

  /** Sends a frame, at once or as soon as it may. */
  send(frame: OutgoingFrame): void {
    this.#waiting.set(frame.key, frame)
    this.#flush()
  }

  /** How long (ms) a frame would have to wait. */
  waitMs(frame: OutgoingFrame): number {
    return this.#bucket.waitMs(spendingOf(frame), this.#platform.monotonicNow())
  }

  #flush(): void {
    this.#cancelTimer()
    const waits = [this.#sendAll(false), this.#sendAll(true)].filter(ms => ms > 0)
    if (waits.length > 0) this.#cancelTimer = this.#platform.after(Math.min(...waits), () => this.#flush())
  }

  /** Sends what may be sent, oldest first; returns how long (ms) the next one has to wait, or 0 if there is none. */
  #sendAll(ephemeral: boolean): number {
    for (const frame of this.#waiting.values()) {
      const { text, key, isEphemeral = false } = frame
      if (isEphemeral !== ephemeral) continue
      const ms = this.waitMs(frame)
      if (ms > 0) return ms
      this.#waiting.delete(key)
      this.#bucket.spend(spendingOf(frame), this.#platform.monotonicNow())
      this.#transmit(text)
    }
    return 0
  }
}

const spendingOf = ({ text, isEphemeral = false, spare = 0 }: OutgoingFrame): Spending => ({
  bytes: encoder.encode(text).length,
  isEphemeral,
  spare,
})
