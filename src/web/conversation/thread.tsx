import { type ReactNode, useEffect, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { Composer } from '../composer/composer.tsx'
import { useMarkInboxRead } from '../inbox/use-inbox.ts'
import { PanelHeader } from '../lib/panel-header.tsx'
import { useChat } from '../ui/chat.tsx'
import { type ChatState, useChatActions } from '../ui/chat-state.ts'
import { t } from '../words/words.ts'
import { moveBetweenMessages } from './move-between-messages.ts'
import { newestReplies } from './newest-replies.ts'
import { type MessageRow, type Row, stateOf } from './rows.ts'
import { useMarkRepliesSeen } from './seen-replies.ts'
import { ThreadMessage } from './thread-message.tsx'
import { useRows } from './use-rows.ts'
import { useThreadScroll } from './use-thread-scroll.ts'

const pageSize = 200 // replies that are drawn at once: the panel has no virtual list

/** The thread that is open: its first message, the newest replies to it, and a composer for another; nothing if none is. */
export function Thread(): ReactNode {
  const { channel, state } = useChat()
  return state.thread === null ? null : <Open key={state.thread} channel={channel} seq={state.thread} page={state} />
}

function Open({ channel, seq, page }: { channel: Channel; seq: number; page: ChatState }) {
  const rows = useRows(channel, { thread: seq })
  const actions = useChatActions(page)
  const [pages, setPages] = useState(1)
  const { scroller, content } = useThreadScroll(rows, page.target)
  useRootLoaded(channel, seq)
  useMarkRepliesSeen(channel, seq, lastSeqOf(rows))
  useMarkInboxRead(channel, lastSeqOf(rows), seq)
  const messages = rows.filter(isMessage)
  const root = messages.find(({ entry }) => entry?.seq === seq)
  const replies = messages.filter(row => row !== root)
  const shown = newestReplies(replies, pages * pageSize, page.target)
  return (
    <aside className="panel thread" aria-label={t('thread.title')}>
      <PanelHeader title={t('thread.title')} closeLabel={t('thread.close')} page={{ close: page.closeThread }} />
      <section
        ref={scroller}
        className="panel-scroll"
        aria-label={t('thread.messages')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard
        tabIndex={0}
        onKeyDown={moveBetweenMessages}
      >
        <div ref={content}>
          {root === undefined ? null : (
            <>
              <ThreadMessage row={root} channel={channel} page={actions} {...stateOf(root, page)} />
              <p className="reply-count">{t('thread.count', { count: replies.length })}</p>
            </>
          )}
          {shown.length < replies.length ? (
            <button type="button" className="link" onClick={() => setPages(pages + 1)}>
              {t('thread.earlier')}
            </button>
          ) : null}
          {shown.map(row => (
            <ThreadMessage key={row.key} row={row} channel={channel} page={actions} {...stateOf(row, page)} />
          ))}
        </div>
      </section>
      <Composer replyTo={seq} takesFocus />
    </aside>
  )
}

const isMessage = (row: Row): row is MessageRow => row.kind === 'message'

const lastSeqOf = (rows: readonly Row[]): number => rows.findLast(isMessage)?.entry?.seq ?? 0

/** Loads older pages until the first message of the thread is there. */
function useRootLoaded(channel: Channel, seq: number): void {
  const older = useChannel(channel, state => state.history.older)
  const oldest = useChannel(channel, state => state.history.oldest)
  useEffect(() => {
    if (seq < oldest && older === 'some') void channel.loadOlder(200)
  }, [channel, seq, oldest, older])
}
