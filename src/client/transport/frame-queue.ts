import type { Limits } from '../../protocol/limits.ts'
import type { SteadyPlatform } from '../steady-clock.ts'
import { TokenBucket } from './token-bucket.ts'

const encoder = new TextEncoder()

/** A frame on its way out. One with the same key replaces it while it waits. */
export type OutgoingFrame = {
  text: string
  key: string
  spare?: number // frames of the rate limit that it leaves to others
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
  waitMs({ text, spare = 0 }: OutgoingFrame): number {
    return this.#bucket.waitMs(encoder.encode(text).length, spare, this.#platform.monotonicNow())
  }

  #flush(): void {
    this.#cancelTimer()
    for (let next = this.#next(); next !== null; next = this.#next()) {
      const ms = this.waitMs(next)
      if (ms > 0) {
        this.#cancelTimer = this.#platform.after(ms, () => this.#flush())
        return
      }
      this.#waiting.delete(next.key)
      this.#bucket.spend(encoder.encode(next.text).length, this.#platform.monotonicNow())
      this.#transmit(next.text)
    }
  }

  /** The oldest of the frames that leave nothing to others, or of all. */
  #next(): OutgoingFrame | null {
    const frames = [...this.#waiting.values()]
    return frames.find(({ spare }) => !spare) ?? frames[0] ?? null
  }
}
