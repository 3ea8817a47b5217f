import { readCommandId } from '../protocol/dialects/command-id.ts'
import { FrameBuffer } from '../rooms/object/frame-buffer.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { MemberFrame, UpFrame } from './wire.ts'

const mostFrames = 1_000
const mostCharacters = 2_097_152
const retryMs = 2_000 // a command is to come again after so long, if too many wait for the circle

/** A frame of a member that the circle has not said it has handled. */
type UnhandledFrame = { n: number; session: SessionId; frame: MemberFrame; wasSent: boolean }

type Ports = {
  isUp(): boolean // does the circle take frames now?
  send(frames: UpFrame | readonly UpFrame[]): void
  afterEventLoopTurn(run: () => void): void // soon, after the events that are already waiting
}

/**
 * The frames of a relay's members that the circle has yet to handle, in their order. One that comes alone goes up at once;
 * those that come before the circle has handled it go up together, as they would be handled together. After the connection
 * was lost they are sent again: a command with an id is carried out once (L3), however often it comes.
 */
export class UnhandledFrames {
  readonly #ports: Ports
  readonly #unsent: FrameBuffer<UnhandledFrame>
  #frames: UnhandledFrame[] = []
  #characters = 0
  #last = 0 // the n of the last frame
  #emptied: PromiseWithResolvers<void> | null = null // somebody waits for it

  constructor(ports: Ports) {
    this.#ports = ports
    this.#unsent = new FrameBuffer({
      handle: frames => this.#send(frames.filter(({ wasSent }) => !wasSent)),
      afterEventLoopTurn: run => ports.afterEventLoopTurn(run),
      committed: () => this.#whenEmpty(),
    })
  }

  get isEmpty(): boolean {
    return this.#frames.length === 0
  }

  /** Takes a frame to send; false: there are too many. */
  push(session: SessionId, frame: MemberFrame): boolean {
    const size = sizeOf(frame)
    if (this.#frames.length >= mostFrames || this.#characters + size > mostCharacters) return false
    this.#last += 1
    const added = { n: this.#last, session, frame, wasSent: false }
    this.#frames.push(added)
    this.#characters += size
    if (this.#ports.isUp()) this.#unsent.push(added)
    return true
  }

  /** The circle has handled every frame up to this one. */
  handled(n: number): void {
    const kept = this.#frames.findIndex(frame => frame.n > n)
    const gone = this.#frames.splice(0, kept === -1 ? this.#frames.length : kept)
    for (const { frame } of gone) this.#characters -= sizeOf(frame)
    this.#noteEmpty()
  }

  /** The members of whose frames it is not known whether the circle has handled them. */
  sentBy(): Set<SessionId> {
    return new Set(this.#frames.filter(({ wasSent }) => wasSent).map(({ session }) => session))
  }

  /** A member is gone for good: its frames are not sent any more. */
  drop(session: SessionId): void {
    this.#frames = this.#frames.filter(frame => frame.session !== session)
    this.#characters = this.#frames.reduce((sum, { frame }) => sum + sizeOf(frame), 0)
    this.#noteEmpty()
  }

  /** Sends those that wait for others to come, now. */
  drain(): void {
    this.#unsent.drain()
  }

  /** Sends all, also those that were sent, because the connection is there again. */
  sendAll(): void {
    for (const frame of this.#frames) this.#send([frame])
  }

  #send(frames: readonly UnhandledFrame[]): void {
    if (!this.#ports.isUp()) return // they go when it is there again
    for (const frame of frames) frame.wasSent = true
    const up = frames.map(({ n, session, frame }): UpFrame => ({ t: 'from', n, session, frame }))
    if (up.length > 0) this.#ports.send(up[1] === undefined && up[0] !== undefined ? up[0] : up)
  }

  #noteEmpty(): void {
    if (!this.isEmpty) return
    this.#emptied?.resolve()
    this.#emptied = null
  }

  #whenEmpty(): Promise<void> | null {
    if (this.isEmpty) return null
    this.#emptied ??= Promise.withResolvers()
    return this.#emptied.promise
  }
}

/** The error that answers a frame for which there is no room. */
export function tooMany(frame: MemberFrame, now: number): string {
  const command = typeof frame === 'string' ? readCommandId(frame) : null
  const message = 'The circle cannot be reached now.'
  const data = { ...(command !== null && { id: command }), code: 'rate_limited', message, retry_after_ms: retryMs }
  return JSON.stringify({ type: 'error', data, timestamp: new Date(now).toISOString() })
}

function sizeOf(frame: MemberFrame): number {
  return typeof frame === 'string' ? frame.length : 0
}
