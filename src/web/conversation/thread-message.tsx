import type { Channel } from '../../client/client.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import type { ChatState } from '../ui/chat-state.ts'
import { t } from '../words/words.ts'
import { Message } from './message/message.tsx'
import type { MessageRow } from './rows.ts'

/** A message of a thread. One that cannot be shown does not take the others with it. */
export function ThreadMessage({ row, channel, page }: { row: MessageRow; channel: Channel; page: ChatState }) {
  return (
    <ErrorBoundary fallback={<p className="event">{t('page.rowFailed')}</p>} retryOn={row}>
      <Message row={row} channel={channel} page={page} isInThread />
    </ErrorBoundary>
  )
}
