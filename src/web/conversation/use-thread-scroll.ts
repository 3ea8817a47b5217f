import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Row } from './rows.ts'
import { ScrollHold } from './scroll-hold.ts'
import { pendingIdOf, useIsNew } from './use-scroll.ts'

type Elements = { scroller: RefObject<HTMLElement | null>; content: RefObject<HTMLDivElement | null> }

/**
 * Follows the end of the thread, or keeps what is read where it is, or brings a target in it into view. Returns the refs of
 * what scrolls, and of everything in it.
 */
export function useThreadScroll(rows: readonly Row[], target: number | null): Elements {
  const scroller = useRef<HTMLElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const [place] = useState(() => new Place())
  const isOwnNew = useIsNew(pendingIdOf(rows))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves with the rows
  useLayoutEffect(() => {
    if (scroller.current === null) return
    if (isOwnNew) place.hold.holdEnd()
    if (isOwnNew) place.hold.apply(scroller.current)
    place.keep(scroller.current)
  }, [rows, place])
  const isLoaded = rows.some(row => row.kind === 'message' && row.entry?.seq === target)
  useEffect(() => {
    if (isLoaded) scroller.current?.querySelector('[data-target]')?.scrollIntoView({ block: 'center' })
  }, [isLoaded])
  useEffect(() => {
    const { current } = scroller
    if (current === null || content.current === null) return
    const onScroll = (): void => place.scrolled(current)
    const observer = new ResizeObserver(() => place.keep(current)) // text is also drawn after the rows have changed
    observer.observe(content.current)
    current.addEventListener('scroll', onScroll)
    return () => {
      observer.disconnect()
      current.removeEventListener('scroll', onScroll)
    }
  }, [place])
  return { scroller, content }
}

/** Where the reader is: at the end, or at a message. Not all browsers keep what is read in place by themselves. */
class Place {
  readonly hold = new ScrollHold()
  #read: { element: HTMLElement; top: number } | null = null

  /** Scrolls to where the reader was, after something has changed. */
  keep(scroller: HTMLElement): void {
    if (!this.hold.isAtEnd && this.#read?.element.isConnected) {
      const before = scroller.scrollTop
      scroller.scrollTop += topIn(scroller, this.#read.element) - this.#read.top
      this.hold.moved(scroller.scrollTop - before)
    }
    this.hold.applyIfUnmoved(scroller)
    this.#look(scroller)
  }

  /** Takes note of a scroll event. */
  scrolled(scroller: HTMLElement): void {
    this.hold.scrolled(scroller)
    this.#look(scroller)
  }

  #look(scroller: HTMLElement): void {
    const { top } = scroller.getBoundingClientRect()
    const messages = [...scroller.querySelectorAll<HTMLElement>('.message')]
    const message = messages.find(message => message.getBoundingClientRect().bottom > top)
    const text = message?.querySelector<HTMLElement>('.text') // what is above it may come while it is read
    const element = text && text.getBoundingClientRect().top < top ? text : message
    this.#read = element === undefined ? null : { element, top: topIn(scroller, element) }
  }
}

const topIn = (scroller: HTMLElement, element: HTMLElement): number =>
  element.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
