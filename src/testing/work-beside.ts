/** What runs beside a room, one after the other, until a crash ends it. */
export class WorkBeside {
  #lives = 0 // crashes so far
  #work: Promise<unknown> = Promise.resolve()

  /** Has work done after what is under way, unless there is a crash before. */
  run(work: () => Promise<void>): void {
    const isAlive = this.life()
    this.#work = this.#work.then(() => (isAlive() ? work() : undefined))
  }

  /** Returns a function that says whether there was no crash since. */
  life(): () => boolean {
    const life = this.#lives
    return () => life === this.#lives
  }

  crash(): void {
    this.#lives += 1
    this.#work = Promise.resolve()
  }

  /** Resolves when all is done, also what was begun meanwhile. */
  async settled(): Promise<void> {
    let seen: Promise<unknown> | null = null
    while (seen !== this.#work) {
      seen = this.#work
      await seen
    }
  }
}
