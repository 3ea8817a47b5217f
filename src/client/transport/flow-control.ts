import { eventsOf, type Frame } from '../frames.ts'
import type { ClientPlatform } from '../platform.ts'

const mostUnsaid = 262_144 // characters taken, and nobody told of
const longestUnsaidMs = 5_000
const pauseMs = 500 // between two: the server counts them as what they are, frames

/**
 * Tells a server that we take what it sends. It asks for that in `welcome.limits.unread_bytes` where its runtime does
 * not know; to any other we say nothing.
 */
export class FlowControl {
  readonly #world: ClientPlatform
  readonly #say: (seq: number) => void
  #isWanted = false
  #seq = 0
  #unsaid = 0
  #saidAt = 0
  #disarm: (() => void) | null = null

  constructor(world: ClientPlatform, say: (seq: number) => void) {
    this.#world = world
    this.#say = say
  }

  /** A message came: so many characters, with these frames in it. */
  heard(frames: readonly Frame[], characters: number): void {
    const welcome = frames.find(frame => frame.type === 'welcome')
    if (welcome !== undefined) this.#begin((welcome.data.limits.unread_bytes ?? 0) > 0)
    for (const { seq } of eventsOf(frames)) this.#seq = Math.max(this.#seq, seq)
    if (!this.#isWanted) return
    this.#unsaid += characters
    const waitMs = this.#unsaid >= mostUnsaid ? this.#saidAt + pauseMs - this.#world.now() : longestUnsaidMs
    if (waitMs <= 0) this.#tell()
    else this.#disarm ??= this.#world.after(waitMs, () => this.#tell())
  }

  /** The socket is gone, and with it what was owed to it. */
  end(): void {
    this.#begin(false)
  }

  #begin(isWanted: boolean): void {
    this.#isWanted = isWanted
    this.#seq = 0 // another log may stand where the old one stood
    this.#unsaid = 0
    this.#disarm?.()
    this.#disarm = null
  }

  #tell(): void {
    this.#disarm?.()
    this.#disarm = null
    this.#unsaid = 0
    this.#saidAt = this.#world.now()
    this.#say(this.#seq)
  }
}
