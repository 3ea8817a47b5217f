import { Fragment, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { Composer } from '../composer/composer.tsx'
import { useMarkInboxRead } from '../inbox/use-inbox.ts'
import type { PageState } from '../layout/page-state.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import { PanelHeader } from '../panels/panel-header.tsx'
import { Message } from './message/message.tsx'
import { moveBetweenMessages } from './move-between-messages.ts'
import type { MessageRow, Row } from './rows.ts'
import { ScrollHold } from './scroll-hold.ts'
import { useMarkRepliesSeen } from './seen-replies.ts'
import { useRows } from './use-rows.ts'
import { pendingIdOf, useIsNew } from './use-scroll.ts'

/** A message (`seq`), the replies to it, and a composer for another reply. */
export function Thread({ channel, seq, page }: { channel: Channel; seq: number; page: PageState }) {
  const rows = useRows(channel, { thread: seq })
  const scroller = useThreadScroll(rows, page.target)
  useRootLoaded(channel, seq)
  useMarkRepliesSeen(channel, seq, lastSeqOf(rows))
  useMarkInboxRead(channel, lastSeqOf(rows), seq)
  const count = rows.filter(row => row.kind === 'message' && row.entry?.seq !== seq).length
  return (
    <aside className="panel thread" aria-label="Thread">
      <PanelHeader title="Thread" closeLabel="Close thread" page={page} />
      <section
        ref={scroller}
        className="panel-scroll"
        aria-label="Messages in this thread"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard
        tabIndex={0}
        onKeyDown={moveBetweenMessages}
      >
        {rows.filter(isMessage).map(row => (
          <Fragment key={row.key}>
            <ErrorBoundary fallback={<p className="event">This cannot be shown.</p>} retryOn={row}>
              <Message row={row} channel={channel} page={page} isInThread />
            </ErrorBoundary>
            {row.entry?.seq === seq ? (
              <p className="reply-count">
                {count === 0 ? 'No replies yet' : count === 1 ? '1 reply' : `${count} replies`}
              </p>
            ) : null}
          </Fragment>
        ))}
      </section>
      <Composer channel={channel} page={page} replyTo={seq} />
    </aside>
  )
}

const isMessage = (row: Row): row is MessageRow => row.kind === 'message'

const lastSeqOf = (rows: readonly Row[]): number => rows.findLast(isMessage)?.entry?.seq ?? 0

/** Follows the end of the thread, or brings a target in it into view; returns the ref of what scrolls. */
function useThreadScroll(rows: readonly Row[], target: number | null) {
  const scroller = useRef<HTMLElement>(null)
  const [hold] = useState(() => new ScrollHold())
  const isOwnNew = useIsNew(pendingIdOf(rows))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves with the rows
  useLayoutEffect(() => {
    if (scroller.current === null) return
    if (isOwnNew) hold.holdEnd()
    if (isOwnNew) hold.apply(scroller.current)
    else hold.applyIfUnmoved(scroller.current)
  }, [rows, hold])
  const isLoaded = rows.some(row => row.kind === 'message' && row.entry?.seq === target)
  useEffect(() => {
    if (isLoaded) scroller.current?.querySelector('[data-target]')?.scrollIntoView({ block: 'center' })
  }, [isLoaded])
  useEffect(() => {
    const { current } = scroller
    const onScroll = (): void => {
      if (current !== null) hold.scrolled(current)
    }
    current?.addEventListener('scroll', onScroll)
    return () => current?.removeEventListener('scroll', onScroll)
  }, [hold])
  return scroller
}

/** Loads older pages until the first message of the thread is there. */
function useRootLoaded(channel: Channel, seq: number): void {
  const older = useChannel(channel, state => state.history.older)
  const oldest = useChannel(channel, state => state.history.oldest)
  useEffect(() => {
    if (seq < oldest && older === 'some') void channel.loadOlder(200)
  }, [channel, seq, oldest, older])
}
