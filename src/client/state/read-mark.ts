import type { KeyValueStorage } from '../platform.ts'

/** How far somebody has read, kept on their device. A mark in one log says nothing of another. */
export class ReadMark {
  readonly #shelf: KeyValueStorage
  readonly #key: string | null

  /** `key` null: it is kept nowhere. */
  constructor(shelf: KeyValueStorage, key: string | null) {
    this.#shelf = shelf
    this.#key = key
  }

  recall(epoch: string): number | null {
    const [seq, kept] = (this.#key && this.#shelf.get(this.#key))?.split(' ') ?? []
    return kept === epoch && Number(seq) >= 0 ? Number(seq) : null
  }

  keep(seq: number, epoch: string): void {
    if (this.#key !== null) this.#shelf.set(this.#key, `${seq} ${epoch}`)
  }
}
