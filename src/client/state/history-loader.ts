import type { CommandData } from '../../protocol/commands/commands.ts'
import type { EventFrame, Frame, HistoryPage } from '../frames.ts'
import type { ChannelState } from './state.ts'
import type { MissingHistory, Store } from './store.ts'

/** What a HistoryLoader works with. */
type HistoryLoaderOptions = {
  store: Store
  now(): number
  fetchPage(page: CommandData<'history'>): Promise<HistoryPage>
  changeWith(events: readonly EventFrame[]): Partial<ChannelState> // the rest of the state that changes with them
  onApplied(fresh: readonly Frame[]): void
}

const pageSize = 50
const gapSize = 200

/** Requests the history that the store lacks: older pages, and events that a later one showed to be missing. */
export class HistoryLoader {
  readonly #options: HistoryLoaderOptions
  #isFilling = false
  #lacksFirstPage = false // its request failed

  constructor(options: HistoryLoaderOptions) {
    this.#options = options
  }

  /** Starts to load what the store found to be missing. */
  fetch(missing: MissingHistory): void {
    if (missing === 'page') {
      this.#lacksFirstPage = true
      void this.#loadPage(pageSize)
    }
    if (missing === 'gap' && !this.#isFilling) void this.#fillGap()
  }

  /** There is a connection again: a first page that failed is requested once more. */
  onWelcome(): void {
    if (this.#lacksFirstPage) void this.loadOlder()
  }

  /** Loads the page before the oldest loaded event. */
  async loadOlder(limit = pageSize): Promise<void> {
    if (this.#options.store.state.history.older !== 'some') return
    this.#setOlder('loading')
    await this.#loadPage(limit)
  }

  async #loadPage(limit: number): Promise<void> {
    const { store, fetchPage, changeWith, onApplied } = this.#options
    const { epoch } = store.state
    const { oldest } = store.state.history
    try {
      const { events, more } = await fetchPage({ before: oldest, limit })
      // The store may have restarted meanwhile; then this page belongs to what it dropped.
      if (store.state.epoch !== epoch || store.state.history.oldest !== oldest) return
      this.#lacksFirstPage = false
      store.addPage(events, more, changeWith(events))
      onApplied([])
    } catch {
      this.#setOlder('some') // refused or disconnected: the next scroll tries again
    }
  }

  #setOlder(older: 'loading' | 'some'): void {
    const { store } = this.#options
    store.set({ history: { ...store.state.history, older } })
  }

  async #fillGap(): Promise<void> {
    const { store, fetchPage, changeWith, onApplied, now } = this.#options
    this.#isFilling = true
    try {
      const { events } = await fetchPage({ after: store.state.position, limit: gapSize })
      this.#isFilling = false
      const { fresh, missing } = store.fillGap(events, now(), changeWith(events))
      onApplied(fresh)
      this.fetch(missing)
    } catch {
      this.#isFilling = false // the next event, or the next welcome, shows the gap again
    }
  }
}
