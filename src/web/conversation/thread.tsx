import { useLayoutEffect, useRef, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { Composer } from '../composer/composer.tsx'
import type { PageState } from '../layout/page-state.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import { PanelHeader } from '../panels/panel-header.tsx'
import { Message } from './message/message.tsx'
import { ScrollHold } from './scroll-hold.ts'
import { useRows } from './use-rows.ts'

/** A message (`seq`), the replies to it, and a composer for another reply. */
export function Thread({ channel, seq, page }: { channel: Channel; seq: number; page: PageState }) {
  const rows = useRows(channel, seq)
  const scroller = useRef<HTMLElement>(null)
  const [hold] = useState(() => new ScrollHold())
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves with the rows
  useLayoutEffect(() => {
    if (scroller.current !== null) hold.applyIfUnmoved(scroller.current)
  }, [rows, hold])
  return (
    <aside className="panel thread" aria-label="Thread">
      <PanelHeader title="Thread" closeLabel="Close thread" page={page} />
      <section
        ref={scroller}
        className="panel-scroll"
        aria-label="Messages in this thread"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard
        tabIndex={0}
        onScroll={event => hold.scrolled(event.currentTarget)}
      >
        {rows.map(row =>
          row.kind === 'message' ? (
            <ErrorBoundary key={row.key} fallback={<p className="event">This cannot be shown.</p>} retryOn={row}>
              <Message row={row} channel={channel} page={page} isInThread />
            </ErrorBoundary>
          ) : null,
        )}
      </section>
      <Composer channel={channel} page={page} replyTo={seq} />
    </aside>
  )
}
