import type { ChannelKindDefinition } from '../../protocol/channels/channel-kinds.ts'
import type { CloseName } from '../../protocol/close-codes.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { Limits } from '../../protocol/limits.ts'
import { fits } from '../../protocol/text.ts'
import { refusal } from '../outcome.ts'
import type { Bucket, Session } from './session.ts'

/** The result of checking a frame before it is decoded. `close`: the session must close, with this code and reason. */
export type FrameVerdict =
  | { text: string }
  | { bytes: ArrayBuffer }
  | { refused: Refusal; id?: string | null } // id: of the command
  | { close: [CloseName, string] }

type CheckContext = {
  kind: ChannelKindDefinition
  limits: Limits
  touched: Set<Session>
  rateLimiter: RateLimiter
}

/** Checks a frame's size, and the rate limits of its socket, its user and the channel. */
export function checkFrame(
  { kind, limits, touched, rateLimiter }: CheckContext,
  session: Session,
  frame: string | ArrayBuffer,
  now: number,
): FrameVerdict {
  const bytes = typeof frame === 'string' ? frame.length : frame.byteLength
  if (bytes > limits.drop_bytes || (typeof frame === 'string' && !fits(frame, limits.drop_bytes))) {
    return { close: ['tooBig', 'the frame is too big'] }
  }
  const taken = takeFromSession(session, Math.min(bytes, limits.frame_bytes), limits, now)
  if (outlastsAwake(session.bucket, taken, limits)) touched.add(session)
  if (taken.verdict === 'flooding') return flooding
  const userWaitMs = taken.verdict === 'wait' ? 0 : rateLimiter.take(session.principal.id, now)
  const waitMs = taken.verdict === 'wait' ? taken.retryAfterMs : userWaitMs
  if (waitMs > 0) return { refused: rateLimited(waitMs) }
  if (typeof frame !== 'string' && kind.frames === 'text') {
    return { refused: refusal('bad_frame', 'Frames must be text.') }
  }
  const isTooLarge = typeof frame === 'string' ? !fits(frame, limits.frame_bytes) : bytes > limits.frame_bytes
  if (isTooLarge) return { refused: refusal('too_large', `A frame has at most ${limits.frame_bytes} bytes.`) }
  return typeof frame === 'string' ? { text: frame } : { bytes: frame }
}

const flooding: FrameVerdict = { close: ['flooding', 'too fast: come back in 10 s'] }

/** Refuses a frame for which there is no room among those that wait for the rate limit. */
export function refuseBurst(
  { limits, touched }: Pick<CheckContext, 'limits' | 'touched'>,
  session: Session,
  frame: string,
  now: number,
): FrameVerdict {
  const taken = refuseFrame(session, Math.min(frame.length, limits.frame_bytes), limits, now)
  touched.add(session)
  return taken.verdict === 'wait' ? { refused: rateLimited(taken.retryAfterMs) } : flooding
}

/** The refusal of a frame that came too fast. */
export function rateLimited(waitMs: number): Refusal {
  return { ...refusal('rate_limited', 'You are sending too fast.'), retry_after_ms: waitMs }
}

/** Whether a frame passes, must wait, or is one too many of a session that was refused often and did not slow down. */
export type FrameCheck = { verdict: 'pass' } | { verdict: 'wait'; retryAfterMs: number } | { verdict: 'flooding' }

const refusalsAllowed = 3 // within …
const refusalWindowMs = 10_000
const passed: FrameCheck = { verdict: 'pass' }

/** The bucket of a new session. */
export function fullBucket(limits: Limits, now: number): Bucket {
  return { messages: limits.message_burst, bytes: burstBytes(limits), at: now, refusals: [] }
}

// Two seconds of bytes, and at least one frame of the largest size.
function burstBytes(limits: Limits): number {
  return Math.max(limits.bytes_per_second * 2, limits.frame_bytes)
}

/** Takes one frame of `bytes` from a session's bucket, if it has enough. */
export function takeFromSession(session: Session, bytes: number, limits: Limits, now: number): FrameCheck {
  const bucket = session.bucket
  refill(bucket, limits, now)
  if (bucket.messages >= 1 && bucket.bytes >= bytes) {
    bucket.messages -= 1
    bucket.bytes -= bytes
    return passed
  }
  return refuseFrame(session, bytes, limits, now)
}

/** Refuses a frame that must wait, and counts the refusal. */
function refuseFrame(session: Session, bytes: number, limits: Limits, now: number): FrameCheck {
  const { bucket } = session
  bucket.refusals = [...bucket.refusals.filter(at => at > now - refusalWindowMs), now].slice(-refusalsAllowed)
  if (bucket.refusals.length >= refusalsAllowed) return { verdict: 'flooding' }
  return { verdict: 'wait', retryAfterMs: Math.max(1, refillMs(bucket, bytes, limits)) }
}

/** Takes the bytes of an ephemeral frame, which shares them with messages. Returns whether the bucket must be stored. */
export function takeBytes({ bucket }: Session, bytes: number, limits: Limits, now: number): boolean {
  refill(bucket, limits, now)
  bucket.bytes -= bytes
  return outlastsAwake(bucket, passed, limits)
}

/** When a session has room for so many bytes (ms): in the past if it has now. */
export function bytesFreeAt({ bucket }: Session, bytes: number, limits: Limits): number {
  return bucket.at + Math.max(0, Math.ceil(((bytes - bucket.bytes) / limits.bytes_per_second) * 1000))
}

/** When a session's next frame of `bytes` can pass (ms): in the past if it can pass now. */
export function nextFrameAt({ bucket }: Session, bytes: number, limits: Limits): number {
  return bucket.at + refillMs(bucket, bytes, limits)
}

/** How long a bucket takes to have enough for a frame, from when it was last refilled (ms); 0: it has. */
function refillMs({ messages, bytes }: Bucket, frameBytes: number, limits: Limits): number {
  const forMessages = ((1 - messages) / limits.messages_per_second) * 1000
  const forBytes = ((frameBytes - bytes) / limits.bytes_per_second) * 1000
  return Math.max(0, Math.ceil(Math.max(forMessages, forBytes)))
}

const awakeMs = 8_000 // an object that receives nothing stays awake for 10 s (platform: lifecycle)

/** Returns whether a bucket must be stored: most are full again before their object can hibernate. */
function outlastsAwake({ messages, bytes }: Bucket, { verdict }: FrameCheck, limits: Limits): boolean {
  if (verdict !== 'pass') return true
  const forMessages = (limits.message_burst - messages) / limits.messages_per_second
  const forBytes = (burstBytes(limits) - bytes) / limits.bytes_per_second
  return Math.max(forMessages, forBytes) * 1_000 > awakeMs
}

function refill(bucket: Bucket, limits: Limits, now: number): void {
  const seconds = Math.max(0, now - bucket.at) / 1000
  bucket.messages = Math.min(limits.message_burst, bucket.messages + seconds * limits.messages_per_second)
  bucket.bytes = Math.min(burstBytes(limits), bucket.bytes + seconds * limits.bytes_per_second)
  bucket.at = now
}

/** A burst, and a rate after that. */
type Rate = { burst: number; perSecond: number }
type Level = { left: number; at: number }

const keptUsers = 1_000 // levels kept before those that are full again are dropped

/**
 * Limits a user over all sockets and requests, and the channel over all users. It is kept in memory: a level is full
 * again before the object can hibernate.
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

  /**
   * Takes one frame for a user. Returns 0, or how long to wait (ms); a refused frame takes nothing. `overdraft`: how many
   * frames the user may be in debt, for which later ones wait.
   */
  take(user: string, now: number, overdraft = 0): number {
    const level = refilled(this.#byUser.get(user) ?? null, this.#user, now)
    if (level.left + overdraft < 1) return waitMs(level, this.#user)
    const all = refilled(this.#all, this.#channel, now)
    if (all.left < 1) return waitMs(all, this.#channel)
    this.#all = { left: all.left - 1, at: now }
    if (this.#byUser.size >= keptUsers) this.#dropFull(now)
    this.#byUser.set(user, { left: level.left - 1, at: now })
    return 0
  }

  /** When a frame of this user can pass (ms): in the past if it can pass now. */
  nextFrameAt(user: string): number {
    return Math.max(nextAt(this.#byUser.get(user) ?? null, this.#user), nextAt(this.#all, this.#channel))
  }

  #dropFull(now: number): void {
    for (const [user, level] of this.#byUser) {
      if (refilled(level, this.#user, now).left >= this.#user.burst) this.#byUser.delete(user)
    }
  }
}

function refilled(level: Level | null, { burst, perSecond }: Rate, now: number): Level {
  if (level === null) return { left: burst, at: now }
  return { left: Math.min(burst, level.left + (Math.max(0, now - level.at) / 1000) * perSecond), at: now }
}

function nextAt(level: Level | null, rate: Rate): number {
  return level === null || level.left >= 1 ? 0 : level.at + waitMs(level, rate)
}

function waitMs({ left }: Level, { perSecond }: Rate): number {
  return Math.max(1, Math.ceil(((1 - left) / perSecond) * 1000))
}
