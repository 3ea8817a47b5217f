import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import type { Author, Channel } from '../client/client.ts'
import { useAgents, useChannel, useMessages, useTurns } from '../client/react.ts'
import { RowView } from './row-view.tsx'
import { pendingRows, type Row, rowsOf } from './rows.ts'

const nearPx = 80 // from the end: close enough to follow it
const olderPx = 600 // from the start: time to ask for more

type Props = { channel: Channel; editing: number | null; onEdit(seq: number | null): void }

/** What is said. It follows the end while the reader is there, and stays put while they are not. */
export function Conversation({ channel, editing, onEdit }: Props) {
  const { entries, drafts, older, loadOlder } = useMessages(channel)
  const trimmed = useChannel(channel, state => state.trimmed)
  const read = useChannel(channel, state => state.read)
  const me = useChannel(channel, state => state.me)
  const turns = useTurns(channel)
  const agents = useAgents(channel)
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const follows = useRef(true)
  const [isAway, setAway] = useState(false)

  const author = useMemo<Author>(() => ({ id: me?.id ?? '', name: me?.name ?? 'You', kind: 'person' }), [me])
  const newFrom = useNewFrom(channel)
  const inMain = useMemo(() => entries.filter(({ root }) => root === null), [entries])
  const logged = useMemo(() => rowsOf({ entries: inMain, newFrom, older, trimmed }), [inMain, newFrom, older, trimmed])
  const rows = useMemo(() => {
    const agentName = (id: string): string => agents.find(agent => agent.id === id)?.name ?? id
    const own = drafts.filter(({ data }) => data.reply_to === undefined)
    const main = turns.filter(turn => channel.entry(turn.in_reply_to)?.root == null)
    return [...logged, ...pendingRows(logged.at(-1), main, own, { me: author, agentName, now: Date.now() })]
  }, [logged, turns, drafts, agents, author, channel])

  // Lines that came in front keep what is being read in its place.
  const firstSeq = inMain[0]?.seq ?? 0
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

  const scrolled = (offset: number): void => {
    const { current } = list
    if (current === null) return
    const fromEnd = current.scrollSize - current.viewportSize - offset
    follows.current = fromEnd < nearPx
    setAway(fromEnd > current.viewportSize)
    if (offset < olderPx && older === 'some') void loadOlder()
  }
  const resized = (): void => {
    if (follows.current) toEnd()
  }
  useMarkRead(channel, follows, entries.length, read)

  if (older === 'unknown' || (older === 'loading' && entries.length === 0)) return <Waiting />
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
          {(row: Row) => <RowView key={row.key} row={row} channel={channel} editing={editing} onEdit={onEdit} />}
        </Virtualizer>
      </div>
      {isAway ? (
        <button type="button" className="to-end" onClick={toEnd}>
          To the newest line
        </button>
      ) : null}
    </div>
  )
}

/** The first line that was new when the reader came; it stays marked until they leave or say they have read. */
function useNewFrom(channel: Channel): number | null {
  const first = useChannel(channel, state => state.unread.first)
  const [marked, setMarked] = useState<number | null>(null)
  useEffect(() => {
    if (first !== null && !document.hasFocus()) setMarked(known => known ?? first)
  }, [first])
  useEffect(() => {
    const clear = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setMarked(null)
    }
    addEventListener('keydown', clear)
    return () => removeEventListener('keydown', clear)
  }, [])
  return marked
}

/** What is shown at the end of the conversation, to somebody who looks, has been read. */
function useMarkRead(channel: Channel, follows: { current: boolean }, count: number, read: number | null): void {
  useEffect(() => {
    const mark = (): void => {
      if (count > 0 && read !== null && follows.current && document.hasFocus()) channel.markRead()
    }
    mark()
    addEventListener('focus', mark)
    return () => removeEventListener('focus', mark)
  }, [channel, follows, count, read])
}

/** Lines to come; shown by the style sheet only after a moment. */
function Waiting() {
  return (
    <div className="conversation waiting" role="status" aria-label="Loading">
      {[60, 85, 40, 70].map(width => (
        <span key={width} className="bone" style={{ inlineSize: `${width}%` }} />
      ))}
    </div>
  )
}
