import type { Limits } from '../../protocol/limits.ts'

/**
 * Mirrors the server's rate limit: one bucket of frames, one of bytes. A client that stays within it is never refused,
 * and a refusal would put one message behind others.
 */
export class TokenBucket {
  #limits: Limits | null = null
  #frames = 0
  #bytes = 0
  #at = 0

  /** Starts a connection, with full buckets. */
  begin(limits: Limits, now: number): void {
    this.#limits = limits
    this.#frames = limits.message_burst
    this.#bytes = limits.bytes_per_second
    this.#at = now
  }

  /** Counts a frame of so many bytes that was sent. */
  spend(bytes: number, now: number): void {
    this.#refill(now)
    this.#frames -= 1
    this.#bytes -= bytes
  }

  /** Returns how long (ms) a frame has to wait if `spare` frames are left for others. */
  waitMs(bytes: number, spare: number, now: number): number {
    if (this.#limits === null) return 0
    this.#refill(now)
    const { messages_per_second, message_burst, bytes_per_second } = this.#limits
    const forFrames = (Math.min(1 + spare, message_burst) - this.#frames) / messages_per_second
    const forBytes = (Math.min(bytes, bytes_per_second) - this.#bytes) / bytes_per_second
    return Math.max(0, Math.ceil(Math.max(forFrames, forBytes) * 1000))
  }

  #refill(now: number): void {
    if (this.#limits === null) return
    const { messages_per_second, message_burst, bytes_per_second } = this.#limits
    const seconds = Math.max(0, now - this.#at) / 1000
    this.#frames = Math.min(message_burst, this.#frames + seconds * messages_per_second)
    this.#bytes = Math.min(bytes_per_second, this.#bytes + seconds * bytes_per_second)
    this.#at = now
  }
}
