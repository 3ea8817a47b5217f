/** The element that scrolls, as far as its position is concerned. */
export type Scroller = Pick<HTMLElement, 'scrollTop' | 'scrollHeight' | 'clientHeight'>

type Held = { kind: 'end' } | { kind: 'row'; key: string } | null

const nearPx = 80 // a reader who moves down and stops this close to the end wants to follow it
const roundingPx = 1 // browsers round positions

/**
 * What stays in place while rows are added and resized: the end, one row, or nothing, because the reader has scrolled.
 * Every position that is set here is remembered. A scroll event with another position is the reader's.
 */
export class ScrollHold {
  #held: Held = { kind: 'end' }
  #top = 0 // px, the position that was last set or seen

  get isAtEnd(): boolean {
    return this.#held?.kind === 'end'
  }

  /** Holds the end from now on. */
  holdEnd(): void {
    this.#held = { kind: 'end' }
  }

  /** Holds the row with this key from now on; null holds nothing unless the end is held. */
  holdRow(key: string | null): void {
    if (key !== null) this.#held = { kind: 'row', key }
    else if (!this.isAtEnd) this.#held = null
  }

  /** Takes note that the position was moved by so many px, along with what is read. */
  moved(px: number): void {
    this.#top += px
  }

  /** Takes note of a scroll event: a reader who moved up is left alone, and one who moved to the end follows it. */
  scrolled(scroller: Scroller): void {
    const moved = scroller.scrollTop - this.#top
    this.#top = scroller.scrollTop
    if (Math.abs(moved) <= roundingPx) return
    const fromEnd = distanceFromEnd(scroller)
    if (fromEnd <= roundingPx || (moved > 0 && fromEnd < nearPx)) this.holdEnd()
    else if (moved < 0 || !this.isAtEnd) this.#held = null
  }

  /**
   * Scrolls to what is held; `topOf` returns the position at which a row is in view, or null if it is not loaded. Every
   * scroll event so far was reported: if the position is another one, rows above were resized, and it moved with them.
   */
  apply(scroller: Scroller, topOf: (key: string) => number | null = () => null): void {
    const held = this.#held
    const top = held === null ? null : held.kind === 'end' ? scroller.scrollHeight : topOf(held.key)
    if (top !== null) scroller.scrollTop = top
    this.#top = scroller.scrollTop
  }

  /**
   * Scrolls to what is held, unless the reader has scrolled and the event, which comes with the next frame, is still due.
   * Whoever follows the end and is there has not scrolled: rows became smaller, and the browser moved the position.
   */
  applyIfUnmoved(scroller: Scroller, topOf?: (key: string) => number | null): void {
    const isUnmoved = Math.abs(scroller.scrollTop - this.#top) <= roundingPx
    if (isUnmoved || (this.isAtEnd && distanceFromEnd(scroller) <= roundingPx)) this.apply(scroller, topOf)
  }
}

/** Returns how far a scroller is from its end, in px. */
export const distanceFromEnd = ({ scrollTop, scrollHeight, clientHeight }: Scroller): number =>
  scrollHeight - clientHeight - scrollTop
