import { type ReactNode, Suspense, type UIEvent, useEffect, useState } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { useMarkInboxRead, useMarkItemRead } from '../inbox/use-inbox.ts'
import { Avatar } from '../people/avatar.tsx'
import { DistinctName } from '../people/distinct-name.tsx'
import { preloadMarkdown } from '../text/message-body.tsx'
import { useChat } from '../ui/chat.tsx'
import { type ChatState, useChatActions } from '../ui/chat-state.ts'
import { part } from '../words/part.ts'
import { t } from '../words/words.ts'
import { type CatchUp, useCatchUp } from './catch-up.ts'
import { LiveRegion } from './live-region.tsx'
import { loadOnDemand } from './load-on-demand.ts'
import { moveBetweenMessages } from './move-between-messages.ts'
import { RowContent } from './row.tsx'
import { type Row, stateOf, unreadKey } from './rows.ts'
import { useMarkRead } from './use-mark-read.ts'
import { useRows } from './use-rows.ts'
import { type Scroll, useScroll } from './use-scroll.ts'
import { useEditedInView, useTarget } from './use-target.ts'
import { VirtualRows } from './virtual-rows.tsx'

const CatchUpBar = part(loadOnDemand, 'CatchUpBar')

const olderPx = 600 // this close to the start, older messages are loaded

type Props = { channel: Channel; page: ChatState }

/** The scrolling list of messages and events. It follows the end while the reader is there and stays put otherwise. */
export function MessageList(): ReactNode {
  const { channel, state } = useChat()
  return (
    <>
      <List channel={channel} page={state} />
      <LiveRegion channel={channel} />
    </>
  )
}

function List({ channel, page }: Props) {
  const catchUp = useCatchUp(channel)
  const rows = useRows(channel, { firstUnread: catchUp.first })
  const older = useChannel(channel, state => state.history.older)
  const scroll = useScroll(rows, catchUp)
  useMarkRead(channel, scroll.hold, catchUp.isPending)
  useEffect(preloadMarkdown, [])
  useTarget(channel, page, rows, scroll)
  useEditedInView(page, rows, scroll)
  useMarkInboxRead(channel, useChannel(channel, state => state.lastRead) ?? 0, null)
  useMarkItemRead(channel, page.target)
  const showFirst = useShowFirst(channel, catchUp, scroll)

  if (older === 'unknown' || (older === 'loading' && rows.length <= 1)) return <Skeleton />
  const { count, replies, isComplete } = catchUp
  const isFirstHidden = scroll.place.isFirstAbove || !isComplete
  const isMissed = count > 0 && (isFirstHidden || replies.length > 0)
  return (
    <div className="conversation">
      <Suspense>
        {isMissed ? <CatchUpBar catchUp={catchUp} page={page} onFirst={isFirstHidden ? showFirst : null} /> : null}
      </Suspense>
      <Rows channel={channel} page={page} rows={rows} scroll={scroll} isPending={catchUp.isPending} />
      <StickyAuthor author={scroll.place.author} />
      <JumpToEnd channel={channel} page={page} scroll={scroll} />
    </div>
  )
}

const scrolls = { height: '100%', overflowY: 'auto' } as const // also without a style sheet

type RowsProps = Props & { rows: Row[]; scroll: Scroll; isPending: boolean } // not caught up

function Rows({ channel, page, rows, scroll, isPending }: RowsProps) {
  const older = useChannel(channel, state => state.history.older)
  const actions = useChatActions(page)
  const onScroll = ({ currentTarget }: UIEvent<HTMLElement>): void => {
    scroll.onScroll()
    if (scroll.hold.isAtEnd && !isPending && document.hasFocus()) channel.markRead()
    if (currentTarget.scrollTop < olderPx && older === 'some') void channel.loadOlder()
  }
  // The row that is being edited stays when it is scrolled away, with what has been written.
  const editing = page.editing === null ? null : rows.find(row => 'entry' in row && row.entry?.seq === page.editing)
  return (
    <div
      ref={scroll.scroller}
      className="scroll"
      style={scrolls}
      role="log"
      aria-live="off"
      aria-label={t('conversation.label')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard
      tabIndex={0}
      onKeyDown={moveBetweenMessages}
      onScroll={onScroll}
    >
      <div className="spacer" />
      <VirtualRows
        list={scroll.list}
        rows={rows}
        kept={editing?.key ?? null}
        onMove={scroll.onMove}
        onResize={scroll.onResize}
      >
        {row => <RowContent row={row} channel={channel} page={actions} {...stateOf(row, page)} />}
      </VirtualRows>
    </div>
  )
}

/** Names the author of what is at the top, whose header is further up. Each message tells it to screen readers. */
function StickyAuthor({ author }: { author: Author | null }) {
  if (author === null) return null
  return (
    <p className="sticky-author" aria-hidden="true">
      <Avatar author={author} />
      <DistinctName author={author} />
    </p>
  )
}

/** Leads to the end: as soon as something new is below what can be seen, or the end is far. */
function JumpToEnd({ channel, page, scroll }: Props & { scroll: Scroll }) {
  const unread = useChannel(channel, state => state.unread.count)
  const { isFar, isBelow } = scroll.place
  if (!isFar && !(isBelow && unread > 0)) return null
  const jump = (): void => {
    page.goTo(null)
    scroll.showEnd()
  }
  return (
    <button type="button" className="jump-to-end" onClick={jump}>
      {unread === 0 ? t('conversation.latest') : t('conversation.newMessages', { count: unread })}
    </button>
  )
}

/** Returns a function that goes to the first of what was missed; what is not loaded yet is loaded first. */
function useShowFirst(channel: Channel, { first, isComplete }: CatchUp, { showRow }: Scroll): () => void {
  const [isWanted, setWanted] = useState(false)
  const older = useChannel(channel, state => state.history.older)
  // biome-ignore lint/correctness/useExhaustiveDependencies: `showRow` is another one in each render
  useEffect(() => {
    if (!isWanted) return
    if (!isComplete) return void (older === 'some' ? channel.loadOlder(200) : null)
    setWanted(false)
    if (first !== null) showRow(unreadKey(first))
  }, [isWanted, isComplete, first, older, channel])
  return () => setWanted(true)
}

/** A placeholder while the first page loads; the style sheet shows it only after 150 ms. */
function Skeleton() {
  return (
    <div className="conversation skeleton" role="status" aria-label={t('conversation.loading')}>
      {[60, 85, 40, 70].map(width => (
        <span key={width} style={{ inlineSize: `${width}%` }} />
      ))}
    </div>
  )
}
