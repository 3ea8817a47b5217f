import type { Frame, FrameOf, FrameType } from '../frames.ts'

/** Functions that want to hear of frames, by type. */
export class Emitter {
  readonly #report: (error: unknown) => void
  #byType = new Map<FrameType, Set<(frame: never) => void>>()

  constructor(report: (error: unknown) => void) {
    this.#report = report
  }

  add<Type extends FrameType>(type: Type, handler: (frame: FrameOf<Type>) => void): () => void {
    const handlers = this.#byType.get(type) ?? new Set()
    this.#byType.set(type, handlers.add(handler))
    return () => void handlers.delete(handler)
  }

  /** Calls every handler. One that throws is a bug of its own: it is told of as such, and stops nobody else. */
  emit(frames: readonly Frame[]): void {
    for (const frame of frames) {
      for (const handler of [...(this.#byType.get(frame.type) ?? [])]) {
        try {
          handler(frame as never)
        } catch (error) {
          this.#report(error)
        }
      }
    }
  }
}
