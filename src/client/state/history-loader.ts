import type { CommandData } from '../../protocol/commands.ts'
import type { EventFrame, Frame, HistoryPage } from '../frames.ts'
import type { ChannelState } from './state.ts'
import type { MissingHistory, Store } from './store.ts'

export type HistoryLoaderOptions = {
  store: Store
  now(): number
  history(page: CommandData<'history'>): Promise<HistoryPage>
  arrived(events: readonly EventFrame[]): Partial<ChannelState> // what else changes with them
  shown(fresh: readonly Frame[]): void
}

const pageSize = 50
const gapSize = 200

/** Asks for what the store lacks: older pages, and events that a later one showed to be missing. */
export class HistoryLoader {
  readonly #options: HistoryLoaderOptions
  #filling = false

  constructor(options: HistoryLoaderOptions) {
    this.#options = options
  }

  fetch(want: MissingHistory): void {
    if (want === 'page') void this.#page(pageSize)
    if (want === 'gap' && !this.#filling) void this.#fill()
  }

  /** Loads the page before the oldest loaded line. */
  async older(limit = pageSize): Promise<void> {
    const { store } = this.#options
    if (store.state.history.older !== 'some') return
    this.#setOlder('loading')
    await this.#page(limit)
  }

  async #page(limit: number): Promise<void> {
    const { store, history, arrived, shown } = this.#options
    const { epoch } = store.state
    const { oldest } = store.state.history
    try {
      const { events, more } = await history({ before: oldest, limit })
      // Meanwhile the log may have been left for another place; this page belongs to the old one.
      if (store.state.epoch !== epoch || store.state.history.oldest !== oldest) return
      store.page(events, more, arrived(events))
      shown([])
    } catch {
      this.#setOlder('some') // refused or closed: whoever scrolls asks again
    }
  }

  #setOlder(older: 'loading' | 'some'): void {
    const { store } = this.#options
    store.set({ history: { ...store.state.history, older } })
  }

  async #fill(): Promise<void> {
    const { store, history, arrived, shown, now } = this.#options
    this.#filling = true
    try {
      const { events } = await history({ after: store.state.position, limit: gapSize })
      this.#filling = false
      const { fresh, want } = store.fill(events, now(), arrived(events))
      shown(fresh)
      this.fetch(want)
    } catch {
      this.#filling = false // the next event, or the next welcome, shows the gap again
    }
  }
}
