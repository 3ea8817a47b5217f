import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import type { PageState } from '../layout/page-state.ts'
import { preloadMarkdown } from '../text/message-body.tsx'
import { RowContent } from './row.tsx'
import type { Row } from './rows.ts'
import { useMarkRead } from './use-mark-read.ts'
import { useRows } from './use-rows.ts'

const endPx = 80 // this close to the end, new messages are followed
const olderPx = 600 // this close to the start, older messages are loaded

/** The scrolling list of messages and events. It follows the end while the reader is there and stays put otherwise. */
export function Conversation({ channel, page }: { channel: Channel; page: PageState }) {
  const rows = useRows(channel, null)
  const older = useChannel(channel, state => state.history.older)
  const unread = useChannel(channel, state => state.unread.count)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const isAtEnd = useRef(true)
  const lastOffset = useRef(0)
  const [isFarFromEnd, setFarFromEnd] = useState(false)
  useMarkRead(channel, isAtEnd)
  useEffect(preloadMarkdown, [])

  // When older rows are prepended, the virtualizer shifts the offset so that the visible rows stay in place.
  const firstSeq = firstSeqOf(rows)
  const lastFirstSeq = useRef(firstSeq)
  const isPrepend = firstSeq < lastFirstSeq.current
  useEffect(() => {
    lastFirstSeq.current = firstSeq
  }, [firstSeq])

  const last = rows.length - 1
  const scrollToEnd = useCallback(() => list.current?.scrollToIndex(last, { align: 'end' }), [last])
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the rows may have moved the end
  useLayoutEffect(() => {
    if (isAtEnd.current) scrollToEnd()
  }, [rows, scrollToEnd])

  // A target that is not loaded yet is reached page by page.
  const { target } = page
  useEffect(() => {
    if (target === null) return
    const index = rows.findIndex(row => 'entry' in row && row.entry?.seq === target)
    if (index >= 0) {
      isAtEnd.current = false
      list.current?.scrollToIndex(index, { align: 'center' })
    } else if (older === 'some') void channel.loadOlder(200)
  }, [target, rows, older, channel])

  const onScroll = (offset: number): void => {
    const { current } = list
    if (current === null) return
    const fromEnd = current.scrollSize - current.viewportSize - offset
    // Only the reader scrolls up. When the end moves away below, a message has arrived or grown.
    if (fromEnd < endPx) isAtEnd.current = target === null
    else if (offset < lastOffset.current) isAtEnd.current = false
    lastOffset.current = offset
    setFarFromEnd(fromEnd > current.viewportSize / 2)
    if (isAtEnd.current && document.hasFocus()) channel.markRead()
    if (offset < olderPx && older === 'some') void channel.loadOlder()
  }
  const onResize = (): void => {
    if (isAtEnd.current) scrollToEnd()
  }
  const jumpToEnd = (): void => {
    page.goTo(null)
    isAtEnd.current = true
    scrollToEnd()
  }

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
