import { memo } from 'react'
import type { Channel } from '../../client/client.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import { dayName } from '../lib/format-time.ts'
import { Loaded } from '../lib/loaded.tsx'
import { useToday } from '../lib/use-today.ts'
import type { ChatActions } from '../ui/chat-state.ts'
import { useHost } from '../ui/host.ts'
import { part } from '../words/part.ts'
import { t } from '../words/words.ts'
import { EventRow } from './events/event-row.tsx'
import { loadOnDemand } from './load-on-demand.ts'
import { Message, type MessageState } from './message/message.tsx'
import type { Row } from './rows.ts'

const EventGroupRow = part(loadOnDemand, 'EventGroupRow')

type Props = { row: Row; channel: Channel; page: ChatActions } & MessageState

/** The content of one row of the conversation. A row that cannot be shown does not take the others with it. */
export const RowContent = memo(function RowContent(props: Props) {
  return (
    <ErrorBoundary fallback={<p className="event">{t('page.rowFailed')}</p>} retryOn={props.row}>
      <Content {...props} />
    </ErrorBoundary>
  )
})

function Content({ row, ...props }: Props) {
  const { channel } = props
  const { Beginning } = useHost()
  switch (row.kind) {
    case 'message':
      return <Message {...props} row={row} isInThread={false} />
    case 'event':
      return <EventRow entry={row.entry} channel={channel} />
    case 'group':
      return (
        <Loaded fallback={<p className="event">…</p>}>
          <EventGroupRow group={row} channel={channel} />
        </Loaded>
      )
    case 'day':
      return <Day at={row.at} />
    case 'unread':
      return <p className="unread-divider">{t('conversation.new')}</p>
    case 'older':
      return <p className="event">{t('conversation.older')}</p>
    case 'start':
      return row.trimmed ? <p className="event">{t('conversation.trimmed')}</p> : <Beginning channel={channel} />
    default:
      return row satisfies never
  }
}

function Day({ at }: { at: number }) {
  return <h2 className="day">{dayName(at, useToday())}</h2>
}
