import type { SteadyPlatform } from '../steady-clock.ts'
import type { Store } from './store.ts'
import { nextTyping } from './typing.ts'

/** Updates who is typing when somebody has stopped without saying so. */
export class TypingTimer {
  readonly #platform: SteadyPlatform
  readonly #store: Store
  #cancel = (): void => {}

  constructor(platform: SteadyPlatform, store: Store) {
    this.#platform = platform
    this.#store = store
  }

  /** Sets the timer for who is typing now. */
  set(): void {
    this.#cancel()
    const now = this.#platform.elapsed()
    const next = nextTyping(this.#store.state.typists, now)
    if (next === null) return
    this.#cancel = this.#platform.after(next - now, () => {
      this.#store.updateTyping(this.#platform.elapsed())
      this.set()
    })
  }
}
