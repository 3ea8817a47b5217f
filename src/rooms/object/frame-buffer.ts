import type { SessionId } from '../sessions/session.ts'

/** A frame as it arrived. `handled`: called once the room has handled it. */
export type InboundFrame = { from: SessionId; frame: string | ArrayBuffer; handled?: () => void }

/** What can be buffered: a text, bytes, or the size of bytes that are not sent on. */
type Bufferable = { frame: string | { byteLength: number } | { bytes: number } }

/** What the buffer needs from its host. */
type Ports<Frame> = {
  handle(frames: readonly Frame[]): void // in their order, all of them before it returns
  afterEventLoopTurn(run: () => void): void // soon, after the events that are already waiting
  committed(): Promise<unknown> | null // resolves when everything handled so far is on disk; null: nobody waits for that
}

const mostFrames = 512 // waiting at once; at this number or size the group is handled
const mostCharacters = 262_144
const mostTurns = 8 // of the event loop, in which a group still grows

/**
 * Buffers frames on their way into the room, or to it from a relay. Frames that arrive singly are handled one by one, others
 * as a group.
 *
 * A frame that arrives while nothing is in flight is handled at once, without a timer. Those that arrive before its write
 * is on disk wait for the end of the event loop's turn, and of the next ones as long as each brings more, and are handled as
 * one group: one commit, and one frame to each native subscriber (N1). While groups keep containing more than one frame, the
 * next one batches from its first frame. docs/decisions/0072-group-commit.md and 0185-groups-that-grow.md have the figures.
 */
export class FrameBuffer<Frame extends Bufferable = InboundFrame> {
  readonly #ports: Ports<Frame>
  #waiting: Frame[] = []
  #characters = 0
  #isGathering = false // the end of the event loop turn is awaited
  #lastGroupWasBatch = false // it had more than one frame
  #isInFlight = false // the write of a single frame is not confirmed to be on disk

  constructor(ports: Ports<Frame>) {
    this.#ports = ports
  }

  push(frame: Frame): void {
    const isAlone = this.#waiting.length === 0 && !this.#lastGroupWasBatch && !this.#isInFlight
    if (isAlone) {
      this.#handleAlone(frame)
      return
    }
    this.#waiting.push(frame)
    this.#characters += sizeOf(frame)
    if (this.#waiting.length >= mostFrames || this.#characters >= mostCharacters) this.drain()
    else this.#gather()
  }

  /** Handles the waiting frames now, because something that arrived after them is about to be handled. */
  drain(): void {
    const frames = this.#waiting
    if (frames.length === 0) return
    this.#waiting = []
    this.#characters = 0
    this.#ports.handle(frames)
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#afterTurns(mostTurns)
  }

  /** Handles the group once a turn has brought nothing more to it, or after so many turns. */
  #afterTurns(turns: number): void {
    const count = this.#waiting.length
    this.#ports.afterEventLoopTurn(() => {
      if (this.#waiting.length > Math.max(count, 1) && turns > 1) {
        this.#afterTurns(turns - 1)
        return
      }
      this.#isGathering = false
      this.#lastGroupWasBatch = this.#waiting.length > 1
      this.drain()
    })
  }

  #handleAlone(frame: Frame): void {
    this.#isInFlight = true
    this.#ports.handle([frame])
    const settled = () => {
      this.#isInFlight = false
    }
    const committed = this.#ports.committed()
    if (committed === null) settled()
    else committed.then(settled, settled) // a commit that failed ends this instance; nothing to do here
  }
}

function sizeOf({ frame }: Bufferable): number {
  if (typeof frame === 'string') return frame.length
  return 'bytes' in frame ? frame.bytes : frame.byteLength
}
