import type { KeyValueStorage } from '../platform.ts'

/** Keeps on this device how far the user has read. A mark belongs to one epoch of the log. */
export class ReadMark {
  readonly #storage: KeyValueStorage
  readonly #key: string | null

  /** With `key` null nothing is kept. */
  constructor(storage: KeyValueStorage, key: string | null) {
    this.#storage = storage
    this.#key = key
  }

  /** Returns the seq that was saved for this epoch, or null. */
  load(epoch: string): number | null {
    const [seq, savedEpoch] = (this.#key && this.#storage.get(this.#key))?.split(' ') ?? []
    return savedEpoch === epoch && Number(seq) >= 0 ? Number(seq) : null
  }

  /** Saves how far the user has read. */
  save(seq: number, epoch: string): void {
    if (this.#key !== null) this.#storage.set(this.#key, `${seq} ${epoch}`)
  }
}
