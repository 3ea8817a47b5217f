import { minDefined } from '../../lib/util.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { Changed, Component } from '../component.ts'
import { nothing, type Outcome, respondTo, sequence } from '../outcome.ts'
import { nextFrameAt, type RateLimiter } from './rate-limit.ts'
import type { Session } from './session.ts'

const mostFrames = 128 // of one session
const mostCharacters = 65_536 // of one session
const mostOfAll = 4_194_304 // characters, of all sessions

/** Receives a frame whose time has come. */
export type ReceiveFrame = (session: Session, frame: string, now: number) => Outcome

type Waiting = { frames: string[]; characters: number }

type Ports = { limits: Limits; rateLimiter: RateLimiter; receive: ReceiveFrame }

/**
 * The frames that came faster than the rate limit from sessions whose dialect has no acks. Such a client cannot know that
 * a frame was refused, so a burst waits here, in its order, and is received as the limit allows. Memory only: while a
 * frame waits, a timer keeps the object awake.
 */
export class BurstQueue implements Component {
  readonly #ports: Ports
  readonly #changed: Changed
  readonly #waiting = new Map<Session, Waiting>()
  #characters = 0 // of all sessions

  constructor(ports: Ports, changed: Changed) {
    this.#ports = ports
    this.#changed = changed
  }

  /** Holds a frame back if it may not be received yet. `full`: it must wait, and there is no room. */
  hold(session: Session, frame: string, now: number): 'pass' | 'held' | 'full' {
    const waiting = this.#waiting.get(session) ?? { frames: [], characters: 0 }
    if (waiting.frames.length === 0 && now >= this.#dueAt(session, frame)) return 'pass'
    const isFull = waiting.frames.length >= mostFrames || waiting.characters + frame.length > mostCharacters
    if (isFull || this.#characters + frame.length > mostOfAll) return 'full'
    this.#waiting.set(session, waiting)
    this.#add(waiting, frame.length)
    waiting.frames.push(frame)
    this.#changed()
    return 'held'
  }

  /** Removes and returns what waits of a session that has ended. */
  take(session: Session): string[] {
    const waiting = this.#waiting.get(session)
    if (waiting === undefined) return []
    this.#waiting.delete(session)
    this.#characters -= waiting.characters
    this.#changed()
    return waiting.frames
  }

  nextTick(): number | null {
    return minDefined(...[...this.#waiting].map(([session, { frames }]) => this.#dueAt(session, frames[0] ?? '')))
  }

  onTick(now: number): Outcome {
    let all = nothing
    for (const [session, waiting] of [...this.#waiting]) {
      while (this.#waiting.has(session) && this.#isDue(session, waiting.frames[0], now)) {
        const frame = waiting.frames.shift() ?? ''
        this.#add(waiting, -frame.length)
        if (waiting.frames.length === 0) this.#waiting.delete(session)
        all = sequence(all, respondTo(session, this.#ports.receive(session, frame, now)))
      }
    }
    this.#changed()
    return all
  }

  #add(waiting: Waiting, characters: number): void {
    waiting.characters += characters
    this.#characters += characters
  }

  #isDue(session: Session, frame: string | undefined, now: number): frame is string {
    return frame !== undefined && now >= this.#dueAt(session, frame)
  }

  #dueAt(session: Session, frame: string): number {
    const { limits, rateLimiter } = this.#ports
    const ofSession = nextFrameAt(session, Math.min(frame.length, limits.frame_bytes), limits)
    return Math.max(ofSession, rateLimiter.nextFrameAt(session.user.id))
  }
}
