import { readCommandId } from '../protocol/dialects/command-id.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { MemberFrame } from './wire.ts'

const mostFrames = 1_000
const mostCharacters = 2_097_152
const retryMs = 2_000 // a command is to come again after so long, if too many wait for the circle

/** A frame of a member that the circle has not said it has handled. */
export type UnhandledFrame = { n: number; session: SessionId; frame: MemberFrame; wasSent: boolean }

/**
 * The frames of a relay's members that the circle has yet to handle, in their order. After the connection was lost they are
 * sent again: a command with an id is carried out once (L3), however often it comes.
 */
export class UnhandledFrames {
  #frames: UnhandledFrame[] = []
  #characters = 0
  #last = 0 // the n of the last frame

  get isEmpty(): boolean {
    return this.#frames.length === 0
  }

  /** Adds a frame; null: there are too many. */
  push(session: SessionId, frame: MemberFrame, wasSent: boolean): UnhandledFrame | null {
    const length = lengthOf(frame)
    if (this.#frames.length >= mostFrames || this.#characters + length > mostCharacters) return null
    this.#last += 1
    const added = { n: this.#last, session, frame, wasSent }
    this.#frames.push(added)
    this.#characters += length
    return added
  }

  /** The circle has handled every frame up to this one. */
  handled(n: number): void {
    const kept = this.#frames.findIndex(frame => frame.n > n)
    const gone = this.#frames.splice(0, kept === -1 ? this.#frames.length : kept)
    for (const { frame } of gone) this.#characters -= lengthOf(frame)
  }

  /** The members of whose frames it is not known whether the circle has handled them. */
  sentBy(): Set<SessionId> {
    return new Set(this.#frames.filter(({ wasSent }) => wasSent).map(({ session }) => session))
  }

  /** A member is gone for good: its frames are not sent any more. */
  drop(session: SessionId): void {
    this.#frames = this.#frames.filter(frame => frame.session !== session)
    this.#characters = this.#frames.reduce((sum, { frame }) => sum + lengthOf(frame), 0)
  }

  /** All frames, which are about to be sent. */
  takeAll(): readonly UnhandledFrame[] {
    for (const frame of this.#frames) frame.wasSent = true
    return this.#frames
  }
}

/** The error that answers a frame for which there is no room. */
export function tooMany(frame: MemberFrame, now: number): string {
  const command = typeof frame === 'string' ? readCommandId(frame) : null
  const message = 'The circle cannot be reached now.'
  const data = { ...(command !== null && { id: command }), code: 'rate_limited', message, retry_after_ms: retryMs }
  return JSON.stringify({ type: 'error', data, timestamp: new Date(now).toISOString() })
}

function lengthOf(frame: MemberFrame): number {
  return typeof frame === 'string' ? frame.length : 0
}
