import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Author } from '../../client/client.ts'
import type { CatchUp } from './catch-up.ts'
import type { RowList } from './row-list.ts'
import type { Row } from './rows.ts'
import { distanceFromEnd, ScrollHold } from './scroll-hold.ts'

/** Where the reader is in the list. */
export type Place = {
  isFar: boolean // more than half a window from the end
  isBelow: boolean // the end cannot be seen
  isFirstAbove: boolean // the first new message is above what can be seen, and never was in view
  author: Author | null // of the topmost message, if their name is above what can be seen
}

/** What the list of rows needs to scroll, and what moves it. */
export type Scroll = {
  scroller: RefObject<HTMLDivElement | null>
  list: RefObject<RowList | null>
  hold: ScrollHold
  place: Place
  onScroll(): void
  onMove(px: number): void
  onResize(): void
  showEnd(): void
  showRow(key: string): void // in the middle of the window
}

const hiddenPx = 24 // what is further below cannot be read

/** Keeps the list where the reader wants it, and tells where that is. */
export function useScroll(rows: readonly Row[], catchUp: Pick<CatchUp, 'first' | 'seen'>): Scroll {
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<RowList>(null)
  const [hold] = useState(() => new ScrollHold())
  const topOf = (key: string): number | null => middleOf(list.current, rows, key)
  const [place, measure] = usePlace({ scroller, list }, rows, catchUp)
  const isOwnNew = useIsNew(pendingIdOf(rows))

  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the rows may have moved the end
  useLayoutEffect(() => {
    if (scroller.current === null) return
    if (isOwnNew) hold.holdEnd() // who writes wants to see what they wrote
    if (isOwnNew) hold.apply(scroller.current, topOf)
    else hold.applyIfUnmoved(scroller.current, topOf)
    measure()
  }, [rows, hold])
  const onMove = (px: number): void => hold.moved(px)
  // The list calls this after scroll events: what the reader did before in this frame is known.
  const onResize = (): void => {
    if (scroller.current !== null) hold.apply(scroller.current, topOf)
    measure()
  }
  const onScroll = (): void => {
    if (scroller.current !== null) hold.scrolled(scroller.current)
    measure()
  }
  const showEnd = (): void => {
    hold.holdEnd()
    onResize()
  }
  const showRow = (key: string): void => {
    hold.holdRow(key)
    onResize()
  }
  return { scroller, list, hold, place, onScroll, onMove, onResize, showEnd, showRow }
}

type Elements = Pick<Scroll, 'scroller' | 'list'>

/** Returns where the reader is, and a function that finds it out. */
function usePlace(
  { scroller, list }: Elements,
  rows: readonly Row[],
  { first, seen }: Pick<CatchUp, 'first' | 'seen'>,
) {
  const [place, setPlace] = useState<Place>({ isFar: false, isBelow: false, isFirstAbove: false, author: null })
  const seenFirst = useRef<number | null>(null) // the seq that was in view
  const measure = (): void => {
    const [element, sizes] = [scroller.current, list.current]
    if (element === null || sizes === null) return
    sizes.look()
    const index = rows.findIndex(({ kind }) => kind === 'unread')
    const isAbove = index >= 0 && sizes.topOf(index) < element.scrollTop
    if (index >= 0 && !isAbove && seenFirst.current !== first) {
      seenFirst.current = first
      seen()
    }
    const fromEnd = distanceFromEnd(element)
    const isFirstAbove = isAbove && seenFirst.current !== first
    const author = hiddenAuthor(rows, sizes, element.scrollTop)
    const next = { isFar: fromEnd > element.clientHeight / 2, isBelow: fromEnd > hiddenPx, isFirstAbove, author }
    setPlace(before => (isSame(before, next) ? before : next))
  }
  return [place, measure] as const
}

const isSame = (one: Place, other: Place): boolean =>
  one.isFar === other.isFar &&
  one.isBelow === other.isBelow &&
  one.isFirstAbove === other.isFirstAbove &&
  one.author?.id === other.author?.id

const headerPx = 20 // the name in the header of a message

/** The author of the message at the top, unless their name can be seen there. */
function hiddenAuthor(rows: readonly Row[], list: RowList, top: number): Author | null {
  const index = list.indexAt(top)
  const row = rows[index]
  if (row?.kind !== 'message') return null
  const isNext = list.topOf(index) + list.sizeOf(index) - top < headerPx // only its edge can be seen
  const seen = isNext ? rows[index + 1] : row
  if (seen?.kind !== 'message') return null
  const isNamed = !seen.continued && (isNext || top - list.topOf(index) < headerPx)
  return isNamed ? null : seen.author
}

/** Returns the position at which a row is in the middle. */
function middleOf(list: RowList | null, rows: readonly Row[], key: string): number | null {
  const index = rows.findIndex(row => row.key === key)
  if (list === null || index < 0) return null
  return list.topOf(index) + (list.sizeOf(index) - list.viewportSize) / 2
}

/** Returns the id of the reader's last message that is not stored yet, or null. */
export function pendingIdOf(rows: readonly Row[]): string | null {
  const last = rows.at(-1)
  return last?.kind === 'message' ? (last.pending?.id ?? null) : null
}

/** Returns whether an id is another one than in the render before, and not null; never in the first render. */
export function useIsNew(id: string | null): boolean {
  const before = useRef(id)
  const isNew = id !== null && id !== before.current
  useEffect(() => {
    before.current = id ?? before.current
  }, [id])
  return isNew
}
