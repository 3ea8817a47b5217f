import type { Frame } from '../frames.ts'

/** Calls code of the application. An error is reported, and stops nothing of the client. */
export function callGuarded(call: () => void, reportError: (error: unknown) => void): void {
  try {
    call()
  } catch (error) {
    reportError(error)
  }
}

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
        callGuarded(() => handler(frame as never), this.#reportError)
      }
    }
  }
}
