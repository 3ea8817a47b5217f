import {
  ACTION_ITEMS_LENGTH_CHANGE,
  createContainerDriver,
  createListLayout,
  createVirtualStore,
  relayout,
  UPDATE_SIZE_EVENT,
  UPDATE_VIRTUAL_STATE,
} from 'virtua/unstable_core'

// The library declares no types for these. Its version is pinned, and the browser tests notice another behaviour.
type Layout = {
  $findIndex(top: number): number
  $getItemOffset(index: number): number
  $getItemSize(index: number): number
  $isSizeEqual(index: number, px?: number): boolean // without `px`: is it not measured?
  $setItemSizes(sizes: readonly Size[], viewportSize: number): void
}
type Store = {
  $getRange(): [first: number, last: number]
  $getViewportSize(): number
  $getItemOffset(index: number): number
  $getTotalSize(): number
  $subscribe(what: number, listener: (isNow?: boolean) => void): void
  $update(action: number, payload: unknown): void
  $dispose(): void
}
type Driver = {
  $observe(container: HTMLElement): void
  $observeItem(element: HTMLElement, row: number): () => void
  $effect(): void
  $dispose(): void
}
type Size = readonly [row: number, px: number]

const [scrolledTo, resized] = [1, 3] // actions of the store that the library does not export
const unmeasured = -1

/** What a list calls when other rows are to be drawn, at once or soon, and when rows or the window were resized. */
type Listeners = { draw(isNow: boolean): void; onResize(): void }

/**
 * The sizes and places of the rows of a list, of which only those in view are drawn. The library knows rows by their index;
 * here what is known of a row goes by its key, and what is at the top of the window stays there wherever rows are inserted.
 */
export class RowList {
  readonly #layout: Layout = createListLayout(0)
  readonly #store: Store = createVirtualStore(this.#layout)
  readonly #driver: Driver
  #keys: readonly string[] = []
  readonly #indexes = new Map<string, number>()
  readonly #numbers = new Map<string, number>() // of rows that were ever drawn: the driver knows a row by its number
  readonly #numbered: string[] = []
  readonly #elements = new Map<string, HTMLElement>() // of the rows that are drawn
  #scroller: HTMLElement | null = null
  #read: { key: string; above: number } | null = null // px of the row at the top that are above its text
  #listeners: Listeners | null = null

  constructor() {
    const indexOf = (row: number): number | undefined => this.#indexes.get(this.#numbered[row] ?? '')
    const $isSizeEqual = (row: number, px: number): boolean => {
      const index = indexOf(row)
      return index === undefined || this.#layout.$isSizeEqual(index, px)
    }
    const $update = (action: number, payload: readonly Size[]): void =>
      this.#store.$update(action, action === resized ? payload.map(([row, px]) => [indexOf(row), px]) : payload)
    this.#driver = createContainerDriver({ ...this.#store, $update }, { ...this.#layout, $isSizeEqual }, false)
  }

  /** The height of all rows. */
  get height(): number {
    return this.#store.$getTotalSize()
  }

  /** The height of the window; 0 until it is measured. */
  get viewportSize(): number {
    return this.#store.$getViewportSize()
  }

  /** Returns where a row begins. */
  topOf(index: number): number {
    return this.#store.$getItemOffset(index)
  }

  /** Returns how high a row is, or probably is. */
  sizeOf(index: number): number {
    return this.#layout.$getItemSize(index)
  }

  /** Returns whether the size of a row is known. */
  isMeasured(index: number): boolean {
    return !this.#layout.$isSizeEqual(index)
  }

  /** Returns the index of the row at a place. */
  indexAt(top: number): number {
    return this.#layout.$findIndex(top)
  }

  /** Returns the indexes of the rows to draw: those in view, some around them, and the one with the key `kept`. */
  drawn(kept: string | null): number[] {
    const range = this.#store.$getRange()
    // The window is beyond all rows as far as they are measured: the last one has just grown, and is there.
    const isBeyond = range[1] < range[0] && this.viewportSize > 0
    const [first, last] = isBeyond ? [this.#keys.length - 1, this.#keys.length - 1] : range
    const inView = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at)
    const index = kept === null ? undefined : this.#indexes.get(kept)
    if (index !== undefined && !inView.includes(index)) inView[index < first ? 'unshift' : 'push'](index)
    return inView
  }

  /** Sets the keys of all rows. What was at the top of the window is there again after the next `settle`. */
  setKeys(keys: readonly string[]): void {
    const from = firstDifference(this.#keys, keys)
    if (from === keys.length && from === this.#keys.length) return
    let first = 0
    let moved = 0
    const around = {
      $getItemOffset: (index: number): number => {
        first = index // the first time; then the answer is all that counts
        return moved
      },
      $relayout: (): boolean => {
        moved = this.#replace(from, keys, first)
        return true
      },
    }
    this.#quietly(() => {
      // The reader may have scrolled, and the event of that is still due: what is read is where the window is now.
      if (this.#scroller !== null) this.#store.$update(scrolledTo, this.#scroller.scrollTop)
      relayout(this.#store, around)
    })
  }

  /** Replaces the rows from an index on, and returns by how far the first row in view that is still there has moved. */
  #replace(from: number, keys: readonly string[], firstInView: number): number {
    const before = this.#keys
    const known = new Map<string, number>()
    for (const [at, key] of before.slice(from).entries()) {
      if (this.isMeasured(from + at)) known.set(key, this.sizeOf(from + at))
      this.#indexes.delete(key)
    }
    for (const [at, key] of keys.slice(from).entries()) this.#indexes.set(key, from + at)
    const stays = before.findIndex((key, index) => index >= firstInView && this.#indexes.has(key))
    const top = stays < 0 ? 0 : this.#layout.$getItemOffset(stays)
    this.#store.$update(ACTION_ITEMS_LENGTH_CHANGE, keys.length)
    const sizes = keys.slice(from).map((key, at): Size => [from + at, known.get(key) ?? unmeasured])
    this.#layout.$setItemSizes(
      sizes.filter(([index, px]) => !this.#layout.$isSizeEqual(index, px)),
      0, // nothing was measured from which the size of the others could be estimated
    )
    this.#keys = keys
    const canScroll = this.viewportSize > 0 && this.height > this.viewportSize
    return stays < 0 || !canScroll ? 0 : this.#layout.$getItemOffset(this.#indexes.get(before[stays] ?? '') ?? 0) - top
  }

  /** Measures the rows in this element, and the one around it, which scrolls, until the returned function is called. */
  observe(container: HTMLElement, listeners: Listeners): () => void {
    this.#scroller = container.parentElement
    this.#listeners = listeners
    this.#store.$subscribe(UPDATE_VIRTUAL_STATE, isNow => this.#listeners?.draw(isNow === true))
    this.#store.$subscribe(UPDATE_SIZE_EVENT, () => listeners.onResize())
    this.#driver.$observe(container)
    return () => {
      this.#store.$dispose()
      this.#driver.$dispose()
    }
  }

  /** Measures the element of a row until the returned function is called. */
  measure(element: HTMLElement, key: string): () => void {
    const number = this.#numbers.get(key) ?? this.#numbered.push(key) - 1
    this.#numbers.set(key, number)
    this.#elements.set(key, element)
    const stop = this.#driver.$observeItem(element, number)
    return () => {
      this.#elements.delete(key)
      stop()
    }
  }

  /** Takes note of what is at the top of the window, after it may have been scrolled. */
  look(): void {
    const { scrollTop = 0 } = this.#scroller ?? {}
    const index = this.indexAt(scrollTop)
    const key = this.#keys[index] ?? ''
    const above = this.#aboveText(key)
    this.#read = above !== null && this.topOf(index) + above < scrollTop ? { key, above } : null
  }

  #aboveText(key: string): number | null {
    const row = this.#elements.get(key)
    const text = row?.querySelector('.text')
    return row && text ? text.getBoundingClientRect().top - row.getBoundingClientRect().top : null
  }

  /** Returns by how much the text at the top of the window has moved within its row: what it replies to is now above it. */
  #movedWithin(): number {
    const above = this.#read === null ? null : this.#aboveText(this.#read.key)
    return above === null || this.#read === null ? 0 : above - this.#read.above
  }

  /** Scrolls by as much as the row at the top of the window has moved, and returns by how many px. */
  settle(): number {
    const scroller = this.#scroller
    if (scroller === null) return 0
    const before = scroller.scrollTop
    this.#driver.$effect()
    const within = this.#movedWithin()
    if (within !== 0) scroller.scrollTop += within
    const moved = scroller.scrollTop - before
    // The library draws the same indexes until it hears of the scroll it made. They may be those of other rows by then.
    if (moved === 0) this.#driver.$effect()
    else this.#quietly(() => this.#store.$update(scrolledTo, scroller.scrollTop))
    if (moved !== 0) this.#listeners?.draw(false)
    this.look()
    return moved
  }

  /** Changes the store while React draws the list, which must not be asked to draw it. */
  #quietly(change: () => void): void {
    const listeners = this.#listeners
    this.#listeners = null
    change()
    this.#listeners = listeners
  }
}

function firstDifference(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((key, at) => key !== other[at])
  return index < 0 ? one.length : index
}
