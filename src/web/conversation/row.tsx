import { memo } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import type { PageState } from '../layout/page-state.ts'
import { ErrorBoundary } from '../lib/error-boundary.tsx'
import { dayName } from '../lib/format-time.ts'
import { useToday } from '../lib/use-today.ts'
import { kindOf } from '../nav/route.ts'
import { TakeOver } from '../people/take-over.tsx'
import { EventGroupRow } from './events/event-group.tsx'
import { EventRow } from './events/event-row.tsx'
import { Message } from './message/message.tsx'
import type { Row } from './rows.ts'

type Props = { row: Row; channel: Channel; page: PageState }

/** The content of one row of the conversation. A row that cannot be shown does not take the others with it. */
export const RowContent = memo(function RowContent(props: Props) {
  return (
    <ErrorBoundary fallback={<p className="event">This cannot be shown.</p>} retryOn={props.row}>
      <Content {...props} />
    </ErrorBoundary>
  )
})

function Content({ row, channel, page }: Props) {
  switch (row.kind) {
    case 'message':
      return <Message row={row} channel={channel} page={page} isInThread={false} />
    case 'event':
      return <EventRow entry={row.entry} channel={channel} page={page} />
    case 'group':
      return <EventGroupRow group={row} channel={channel} page={page} />
    case 'day':
      return <Day at={row.at} />
    case 'unread':
      return <p className="unread-divider">New</p>
    case 'older':
      return <p className="event">Loading older messages …</p>
    case 'start':
      return row.trimmed ? <p className="event">Older messages are no longer kept.</p> : <Start channel={channel} />
    default:
      return row satisfies never
  }
}

function Day({ at }: { at: number }) {
  return <h2 className="day">{dayName(at, useToday())}</h2>
}

function Start({ channel }: { channel: Channel }) {
  const agent = useChannel(channel, state => state.circle?.default_agent)
  const isPrivate = useChannel(channel, state => state.circle?.visibility === 'private')
  if (!kindOf(channel.name).isConversation) return <p className="event">There are no events before this.</p>
  return (
    <p className="event">
      This is the beginning of the circle.{' '}
      {agent ? <b>@{agent} answers here. </b> : 'Mention an agent, for example @pickle, and it answers. '}
      {isPrivate
        ? 'Only members can join. To invite someone, send them a link for one person: write /invite.'
        : 'To invite someone, send them the address of this page.'}{' '}
      <TakeOver channel={channel} />
    </p>
  )
}
