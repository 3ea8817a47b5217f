import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import type { PageState } from '../layout/page-state.ts'
import { preloadMarkdown } from '../text/message-body.tsx'
import { RowContent } from './row.tsx'
import type { Row } from './rows.ts'
import { distanceFromEnd, ScrollHold } from './scroll-hold.ts'
import { useMarkRead } from './use-mark-read.ts'
import { useRows } from './use-rows.ts'

const olderPx = 600 // this close to the start, older messages are loaded

/** The scrolling list of messages and events. It follows the end while the reader is there and stays put otherwise. */
export function Conversation({ channel, page }: { channel: Channel; page: PageState }) {
  const rows = useRows(channel, null)
  const older = useChannel(channel, state => state.history.older)
  const unread = useChannel(channel, state => state.unread.count)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const [hold] = useState(() => new ScrollHold())
  const [isFarFromEnd, setFarFromEnd] = useState(false)
  useMarkRead(channel, hold)
  useEffect(preloadMarkdown, [])

  // When older rows are prepended, the virtualizer shifts the offset so that the visible rows stay in place.
  const firstSeq = firstSeqOf(rows)
  const lastFirstSeq = useRef(firstSeq)
  const isPrepend = firstSeq < lastFirstSeq.current
  useEffect(() => {
    lastFirstSeq.current = firstSeq
  }, [firstSeq])

  // Not the virtualizer's scrollToIndex: it keeps scrolling while rows are being measured, also when the reader has left.
  const topOf = (key: string): number | null => {
    const { current } = list
    const index = rows.findIndex(row => row.key === key)
    if (current === null || index < 0) return null
    return current.getItemOffset(index) + (current.getItemSize(index) - current.viewportSize) / 2
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the rows may have moved the end
  useLayoutEffect(() => {
    if (scroller.current !== null) hold.applyIfUnmoved(scroller.current, topOf)
  }, [rows, hold])
  // The virtualizer calls this after scroll events: what the reader did before in this frame is known.
  const onResize = (): void => {
    if (scroller.current !== null) hold.apply(scroller.current, topOf)
  }

  // A target that is not loaded yet is reached page by page. Once it is reached, the reader may scroll away from it.
  const { target } = page
  const reached = useRef<number | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the target becomes loaded when the rows change
  useEffect(() => {
    if (target === reached.current) return
    const row = target === null ? null : rows.find(row => 'entry' in row && row.entry?.seq === target)
    if (row === undefined) return void (older === 'some' ? channel.loadOlder(200) : null)
    reached.current = target
    hold.holdRow(row?.key ?? null)
    onResize()
  }, [target, rows, older, channel])

  const onScroll = (offset: number): void => {
    const { current } = scroller
    if (current === null) return
    hold.scrolled(current)
    setFarFromEnd(distanceFromEnd(current) > current.clientHeight / 2)
    if (hold.isAtEnd && document.hasFocus()) channel.markRead()
    if (offset < olderPx && older === 'some') void channel.loadOlder()
  }
  const jumpToEnd = (): void => {
    page.goTo(null)
    hold.holdEnd()
    onResize()
  }

  // The row that is being edited stays when it is scrolled away, with what has been written.
  const editing = page.editing === null ? -1 : rows.findIndex(row => 'entry' in row && row.entry?.seq === page.editing)
  const editingIndexes = editing < 0 ? [] : [editing]

  if (older === 'unknown' || (older === 'loading' && rows.length <= 1)) return <Skeleton />
  return (
    <div className="conversation">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard */}
      <div ref={scroller} className="scroll" role="log" aria-live="off" aria-label="Conversation" tabIndex={0}>
        <div className="spacer" />
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={rows}
          shift={isPrepend}
          keepMounted={editingIndexes}
          onScroll={onScroll}
          onResize={onResize}
        >
          {row => <RowContent key={row.key} row={row} channel={channel} page={page} />}
        </Virtualizer>
      </div>
      {isFarFromEnd ? (
        <button type="button" className="jump-to-end" onClick={jumpToEnd}>
          {unread === 0 ? 'Jump to the latest message' : unread === 1 ? '1 new message' : `${unread} new messages`}
        </button>
      ) : null}
    </div>
  )
}

function firstSeqOf(rows: readonly Row[]): number {
  const first = rows.find(row => 'entry' in row && row.entry !== null)
  return first !== undefined && 'entry' in first ? (first.entry?.seq ?? 0) : 0
}

/** A placeholder while the first page loads; the style sheet shows it only after 150 ms. */
function Skeleton() {
  return (
    <div className="conversation skeleton" role="status" aria-label="Loading">
      {[60, 85, 40, 70].map(width => (
        <span key={width} style={{ inlineSize: `${width}%` }} />
      ))}
    </div>
  )
}
