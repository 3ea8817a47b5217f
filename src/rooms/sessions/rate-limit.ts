import type { Limits } from '../../protocol/limits.ts'

/** So many at once, and so many a second after that. */
type Rate = { burst: number; perSecond: number }
type Level = { left: number; at: number }

const users = 1_000 // whose levels are kept before those that are full again are forgotten

/**
 * How much a user may ask for over all sockets and requests, and how much this channel takes from everybody. It is of
 * the moment: who was silent long enough for the object to sleep has a full measure anyway.
 */
export class RateLimiter {
  readonly #user: Rate
  readonly #channel: Rate
  readonly #byUser = new Map<string, Level>()
  #all: Level | null = null

  constructor(limits: Limits) {
    this.#user = { burst: limits.user_message_burst, perSecond: limits.user_messages_per_second }
    this.#channel = { burst: limits.channel_message_burst, perSecond: limits.channel_messages_per_second }
  }

  /** Takes one for a user; 0, or how long to wait (ms). What is refused to a user takes nothing from the others. */
  take(user: string, now: number): number {
    const level = refilled(this.#byUser.get(user) ?? null, this.#user, now)
    if (level.left < 1) return wait(level, this.#user)
    const all = refilled(this.#all, this.#channel, now)
    if (all.left < 1) return wait(all, this.#channel)
    this.#all = { left: all.left - 1, at: now }
    if (this.#byUser.size >= users) this.#forget(now)
    this.#byUser.set(user, { left: level.left - 1, at: now })
    return 0
  }

  #forget(now: number): void {
    for (const [user, level] of this.#byUser) {
      if (refilled(level, this.#user, now).left >= this.#user.burst) this.#byUser.delete(user)
    }
  }
}

function refilled(level: Level | null, { burst, perSecond }: Rate, now: number): Level {
  if (level === null) return { left: burst, at: now }
  return { left: Math.min(burst, level.left + (Math.max(0, now - level.at) / 1000) * perSecond), at: now }
}

function wait({ left }: Level, { perSecond }: Rate): number {
  return Math.max(1, Math.ceil(((1 - left) / perSecond) * 1000))
}
