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

const nearPx = 80 // from the end: close enough to follow it
const olderPx = 600 // from the start: time to ask for more

/** What is said. It follows the end while the reader is there, and stays put while they are not. */
export function Conversation({ channel, view }: { channel: Channel; view: PageState }) {
  const rows = useRows(channel, null)
  const older = useChannel(channel, state => state.history.older)
  const unread = useChannel(channel, state => state.unread.count)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const follows = useRef(true)
  const offsetBefore = useRef(0)
  const [isAway, setAway] = useState(false)
  useMarkRead(channel, follows)
  useEffect(preloadMarkdown, [])

  // Lines that came in front keep what is being read in its place.
  const firstSeq = firstSeqOf(rows)
  const before = useRef(firstSeq)
  const isPrepend = firstSeq < before.current
  useEffect(() => {
    before.current = firstSeq
  }, [firstSeq])

  const last = rows.length - 1
  const toEnd = useCallback(() => list.current?.scrollToIndex(last, { align: 'end' }), [last])
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the rows may have moved the end
  useLayoutEffect(() => {
    if (follows.current) toEnd()
  }, [rows, toEnd])

  // A goal that is not loaded yet is reached page by page.
  const { goal } = view
  useEffect(() => {
    if (goal === null) return
    const at = rows.findIndex(row => 'entry' in row && row.entry?.seq === goal)
    if (at >= 0) {
      follows.current = false
      list.current?.scrollToIndex(at, { align: 'center' })
    } else if (older === 'some') void channel.loadOlder(200)
  }, [goal, rows, older, channel])

  const scrolled = (offset: number): void => {
    const { current } = list
    if (current === null) return
    const fromEnd = current.scrollSize - current.viewportSize - offset
    // Only the reader goes up. What moves the end away below them is a line that has just come, or grown.
    if (fromEnd < nearPx) follows.current = goal === null
    else if (offset < offsetBefore.current) follows.current = false
    offsetBefore.current = offset
    setAway(fromEnd > current.viewportSize / 2)
    if (follows.current && document.hasFocus()) channel.markRead()
    if (offset < olderPx && older === 'some') void channel.loadOlder()
  }
  const resized = (): void => {
    if (follows.current) toEnd()
  }
  const back = (): void => {
    view.goTo(null)
    follows.current = true
    toEnd()
  }

  if (older === 'unknown' || (older === 'loading' && rows.length <= 1)) return <Waiting />
  return (
    <div className="conversation">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <div ref={scroller} className="scroll" role="log" aria-live="off" aria-label="Conversation" tabIndex={0}>
        <div className="room" />
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          data={rows}
          shift={isPrepend}
          onScroll={scrolled}
          onResize={resized}
        >
          {row => <RowContent key={row.key} row={row} channel={channel} view={view} />}
        </Virtualizer>
      </div>
      {isAway ? (
        <button type="button" className="to-end" onClick={back}>
          {unread === 0 ? 'To the newest line' : unread === 1 ? '1 new line' : `${unread} new lines`}
        </button>
      ) : null}
    </div>
  )
}

function firstSeqOf(rows: readonly Row[]): number {
  const first = rows.find(row => 'entry' in row && row.entry !== null)
  return first !== undefined && 'entry' in first ? (first.entry?.seq ?? 0) : 0
}

/** Lines to come; the style sheet shows it only after a moment. */
function Waiting() {
  return (
    <div className="conversation waiting" role="status" aria-label="Loading">
      {[60, 85, 40, 70].map(width => (
        <span key={width} className="bone" style={{ inlineSize: `${width}%` }} />
      ))}
    </div>
  )
}
