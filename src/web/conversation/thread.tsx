import { useLayoutEffect, useRef } from 'react'
import type { Channel } from '../../client/client.ts'
import { Composer } from '../composer/composer.tsx'
import type { PageState } from '../layout/page-state.ts'
import { CloseIcon } from '../lib/icons.tsx'
import { Message } from './message/message.tsx'
import { useRows } from './use-rows.ts'

/** A line and the replies to it. */
export function Thread({ channel, seq, view }: { channel: Channel; seq: number; view: PageState }) {
  const rows = useRows(channel, seq)
  const scroller = useRef<HTMLElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves with the rows
  useLayoutEffect(() => {
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }, [rows])
  return (
    <aside className="panel thread" aria-label="Thread">
      <header>
        <h2>Thread</h2>
        <button
          type="button"
          onClick={() => view.show({ kind: 'people' })}
          aria-label="Close the thread"
          title="Close (Esc)"
        >
          <CloseIcon />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section ref={scroller} className="panel-scroll" aria-label="Lines of the thread" tabIndex={0}>
        {rows.map(row =>
          row.kind === 'line' ? <Message key={row.key} row={row} channel={channel} view={view} inThread /> : null,
        )}
      </section>
      <Composer channel={channel} view={view} replyTo={seq} />
    </aside>
  )
}
