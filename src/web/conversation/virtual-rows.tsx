import { memo, type ReactNode, type RefObject, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { RowList } from './row-list.ts'
import type { Row } from './rows.ts'

type Props = {
  list: RefObject<RowList | null>
  rows: readonly Row[]
  kept: string | null // key of a row that is drawn wherever it is
  onMove(px: number): void // the window was moved along with what is read
  onResize(): void
  children(row: Row): ReactNode
}

/** The rows in view of the element around this one, which scrolls. What is read stays in place while rows come and go. */
export function VirtualRows({ list: ref, rows, kept, onMove, onResize, children }: Props) {
  const [list] = useState(() => new RowList())
  const [, draw] = useReducer((count: number) => count + 1, 0)
  const container = useRef<HTMLDivElement>(null)
  const keys = useMemo(() => rows.map(({ key }) => key), [rows])
  list.setKeys(keys) // what is drawn below depends on it; a second time changes nothing

  const resized = useRef(onResize)
  useLayoutEffect(() => {
    ref.current = list
    resized.current = onResize
    const moved = list.settle()
    if (moved !== 0) onMove(moved)
  })
  useLayoutEffect(() => {
    if (container.current === null) return
    return list.observe(container.current, {
      draw: isNow => (isNow ? flushSync(draw) : draw()),
      onResize: () => resized.current(),
    })
  }, [list])

  return (
    <div ref={container} style={{ position: 'relative', height: list.height }}>
      {list.drawn(kept).map(index => {
        const row = rows[index]
        if (row === undefined) return null
        const place = { top: list.topOf(index), isHidden: !list.isMeasured(index) }
        return <Place key={row.key} list={list} row={row} {...place} content={children} />
      })}
    </div>
  )
}

type PlaceProps = { list: RowList; row: Row; top: number; isHidden: boolean; content(row: Row): ReactNode }

const Place = memo(function Place({ list, row, top, isHidden, content }: PlaceProps) {
  const element = useRef<HTMLDivElement>(null)
  useLayoutEffect(
    () => (element.current === null ? undefined : list.measure(element.current, row.key)),
    [list, row.key],
  )
  return (
    <div
      ref={element}
      style={{ position: 'absolute', insetInline: 0, top, visibility: isHidden ? 'hidden' : undefined }}
    >
      {content(row)}
    </div>
  )
})
