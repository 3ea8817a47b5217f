import type { SessionId } from '../sessions/session.ts'

/** A frame as it arrived. */
export type InboundFrame = { from: SessionId; frame: string | ArrayBuffer }

/** What an intake needs of the world. */
type Ports = {
  handle(arrivals: readonly InboundFrame[]): void // in their order, all of them before it returns
  turnEnds(run: () => void): void // soon, after the events that are waiting already
  committed(): Promise<unknown> // all that was written so far is on disk
}

const mostFrames = 512 // wait at once, and
const mostCharacters = 262_144

/**
 * Frames on their way into the room: handled one by one while they come alone, together while they come together.
 *
 * A frame that finds nothing in flight is handled at once; there is no timer then. Those that arrive before its write
 * is on disk wait for the end of the event loop's turn and are handled as one group: one commit, and one frame to each
 * native listener (N1). As long as groups have company, the next one gathers from its first frame on.
 * docs/decisions/0072-group-commit.md has the figures.
 */
export class FrameBuffer {
  readonly #ports: Ports
  #waiting: InboundFrame[] = []
  #characters = 0
  #isGathering = false // a turn's end is awaited
  #hadCompany = false // the last group was one
  #isInFlight = false // a lone frame's write is not known to be on disk

  constructor(ports: Ports) {
    this.#ports = ports
  }

  push(arrival: InboundFrame): void {
    const isAlone = this.#waiting.length === 0 && !this.#hadCompany && !this.#isInFlight
    if (isAlone) {
      this.#handleAlone(arrival)
      return
    }
    this.#waiting.push(arrival)
    this.#characters += sizeOf(arrival)
    if (this.#waiting.length >= mostFrames || this.#characters >= mostCharacters) this.drain()
    else this.#gather()
  }

  /** Handles what waits, now: something else is about to happen that came after it. */
  drain(): void {
    const arrivals = this.#waiting
    if (arrivals.length === 0) return
    this.#waiting = []
    this.#characters = 0
    this.#ports.handle(arrivals)
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    this.#ports.turnEnds(() => {
      this.#isGathering = false
      this.#hadCompany = this.#waiting.length > 1
      this.drain()
    })
  }

  #handleAlone(arrival: InboundFrame): void {
    this.#isInFlight = true
    this.#ports.handle([arrival])
    const landed = () => {
      this.#isInFlight = false
    }
    this.#ports.committed().then(landed, landed) // a commit that failed ends this instance; nothing to do for us
  }
}

function sizeOf({ frame }: InboundFrame): number {
  return typeof frame === 'string' ? frame.length : frame.byteLength
}
