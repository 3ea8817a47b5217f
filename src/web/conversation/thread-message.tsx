import { memo } from 'react'
import type { Channel } from '../../client/client.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import type { ChatActions } from '../ui/chat-state.ts'
import { t } from '../words/words.ts'
import { Message, type MessageState } from './message/message.tsx'
import type { MessageRow } from './rows.ts'

type Props = { row: MessageRow; channel: Channel; page: ChatActions } & MessageState

/** A message of a thread. One that cannot be shown does not take the others with it. */
export const ThreadMessage = memo(function ThreadMessage(props: Props) {
  return (
    <ErrorBoundary fallback={<p className="event">{t('page.rowFailed')}</p>} retryOn={props.row}>
      <Message {...props} isInThread />
    </ErrorBoundary>
  )
})
