import type { Limits } from '../../protocol/limits.ts'

/** What a frame takes from a rate limit, and how many frames of it are left to others. */
export type Spending = { bytes: number; isEphemeral: boolean; spare: number }

/** An amount that refills over time, up to a burst. */
type Level = { left: number; burst: number; perSecond: number }

/**
 * Mirrors the server's rate limit: a level of frames, one of ephemeral frames and one of bytes. A client that stays within
 * it is never refused, and a refusal would put one message behind others.
 */
export class TokenBucket {
  #frames: Level = unlimited
  #ephemeral: Level | null = null // null: the server counts ephemeral frames as any other
  #bytes: Level = unlimited
  #at = 0

  /** Starts a connection, with full levels. A server of 0.1 has no limit for ephemeral frames. */
  begin(limits: Omit<Limits, EphemeralLimits> & Partial<Pick<Limits, EphemeralLimits>>, now: number): void {
    const { ephemeral_burst, ephemeral_per_second } = limits
    this.#frames = full(limits.message_burst, limits.messages_per_second)
    this.#ephemeral = ephemeral_burst && ephemeral_per_second ? full(ephemeral_burst, ephemeral_per_second) : null
    this.#bytes = full(limits.bytes_per_second, limits.bytes_per_second)
    this.#at = now
  }

  /** Counts a frame that was sent. */
  spend({ bytes, isEphemeral }: Spending, now: number): void {
    this.#refill(now)
    this.#levelFor(isEphemeral).left -= 1
    this.#bytes.left -= bytes
  }

  /** Returns how long (ms) a frame has to wait. */
  waitMs({ bytes, isEphemeral, spare }: Spending, now: number): number {
    this.#refill(now)
    const level = this.#levelFor(isEphemeral)
    const left = level === this.#ephemeral ? 0 : spare // those that share its own limit need none
    return Math.max(0, Math.ceil(Math.max(missingMs(level, 1 + left), missingMs(this.#bytes, bytes))))
  }

  #levelFor(isEphemeral: boolean): Level {
    return (isEphemeral ? this.#ephemeral : null) ?? this.#frames
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#at) / 1000
    for (const level of [this.#frames, this.#bytes, ...(this.#ephemeral ? [this.#ephemeral] : [])])
      level.left = Math.min(level.burst, level.left + seconds * level.perSecond)
    this.#at = now
  }
}

type EphemeralLimits = 'ephemeral_burst' | 'ephemeral_per_second'

const full = (burst: number, perSecond: number): Level => ({ left: burst, burst, perSecond })
const unlimited = full(Infinity, Infinity)

const missingMs = ({ left, burst, perSecond }: Level, wanted: number): number =>
  ((Math.min(wanted, burst) - left) / perSecond) * 1000
