import type { ClientPlatform } from '../platform.ts'

const lingerMs = 3_000 // long enough for a component to be unmounted and mounted again

/** Counts the users of something: it starts with the first, and stops a while after the last. */
export class RefCount {
  readonly #platform: ClientPlatform
  readonly #start: () => void
  readonly #stop: () => void
  #users = 0
  #cancelStop = (): void => {}

  constructor(platform: ClientPlatform, start: () => void, stop: () => void) {
    this.#platform = platform
    this.#start = start
    this.#stop = stop
  }

  get isHeld(): boolean {
    return this.#users > 0
  }

  /** Adds a user. Returns a function that removes it and calls `onRelease`; calling it again does nothing. */
  acquire(onRelease = (): void => {}): () => void {
    this.#users++
    this.#cancelStop()
    this.#start()
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      onRelease()
      this.#users--
      if (this.#users === 0) this.#cancelStop = this.#platform.after(lingerMs, this.#stop)
    }
  }

  /** Counts as a user until the promise settles. */
  async use<Result>(work: Promise<Result>): Promise<Result> {
    const release = this.acquire()
    try {
      return await work
    } finally {
      release()
    }
  }
}
