import type { ClientPlatform } from '../platform.ts'

const lingerMs = 3_000 // long enough for a component to be taken down and put up again

/** Counts those who need something: it starts with the first, and stops a while after the last. */
export class RefCount {
  readonly #world: ClientPlatform
  readonly #start: () => void
  readonly #stop: () => void
  #holders = 0
  #cancelStop = (): void => {}

  constructor(world: ClientPlatform, start: () => void, stop: () => void) {
    this.#world = world
    this.#start = start
    this.#stop = stop
  }

  get isHeld(): boolean {
    return this.#holders > 0
  }

  /** Needs it until the function it returns is called, which ends `use` with it. */
  acquire(use = (): void => {}): () => void {
    this.#holders++
    this.#cancelStop()
    this.#start()
    let held = true
    return () => {
      if (!held) return
      held = false
      use()
      this.#holders--
      if (this.#holders === 0) this.#cancelStop = this.#world.after(lingerMs, this.#stop)
    }
  }

  /** Needs it until the work is done. */
  async use<Result>(work: Promise<Result>): Promise<Result> {
    const release = this.acquire()
    try {
      return await work
    } finally {
      release()
    }
  }
}
