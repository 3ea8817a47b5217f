import type { Frame } from '../frames.ts'

/** Calls handlers of frames, by type. */
export class Emitter {
  readonly #reportError: (error: unknown) => void
  #byType = new Map<string, Set<(frame: never) => void>>()

  constructor(reportError: (error: unknown) => void) {
    this.#reportError = reportError
  }

  /** Adds a handler for frames of a type. Returns a function that removes it. */
  add(type: string, handler: (frame: never) => void): () => void {
    const handlers = this.#byType.get(type) ?? new Set()
    this.#byType.set(type, handlers.add(handler))
    return () => void handlers.delete(handler)
  }

  /** Calls every handler of each frame. One that throws is reported, and stops no other. */
  emit(frames: readonly Frame[]): void {
    for (const frame of frames) {
      for (const handler of [...(this.#byType.get(frame.type) ?? [])]) {
        try {
          handler(frame as never)
        } catch (error) {
          this.#reportError(error)
        }
      }
    }
  }
}
