/** Counts the changes made here that the server has not stored, by what it says of each message. */
export class Unsynced {
  #changes: number
  #awaited = 0 // what the server has yet to say of this connection: of its question, and of each change that was sent

  /** `changes`: known to be unsent, from before. */
  constructor(changes: number) {
    this.#changes = changes
  }

  get changes(): number {
    return this.#changes
  }

  /** Something was changed here. */
  changed(): void {
    this.#changes += 1
  }

  /** A connection begins. Our answer to the server's question brings all that it lacks. */
  begin(): void {
    this.#awaited = 1
  }

  sent(): void {
    this.#awaited += 1
  }

  /** The server has stored one of what was sent; `waiting`: changes that are not sent yet. */
  saved(waiting: number): void {
    this.#awaited = Math.max(0, this.#awaited - 1)
    this.#changes = Math.min(this.#changes, this.#awaited + waiting)
  }
}
