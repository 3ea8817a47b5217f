import { memo } from 'react'
import type { Channel } from '../../client/client.ts'
import type { PageState } from '../layout/page-state.ts'
import { dayName } from '../lib/format-time.ts'
import { EventRow } from './events/event-row.tsx'
import { Message } from './message/message.tsx'
import type { Row } from './rows.ts'

type Props = { row: Row; channel: Channel; view: PageState }

/** One row of the conversation, whatever it is. */
export const RowContent = memo(function RowView({ row, channel, view }: Props) {
  switch (row.kind) {
    case 'line':
      return <Message row={row} channel={channel} view={view} inThread={false} />
    case 'event':
      return <EventRow entry={row.entry} channel={channel} />
    case 'day':
      return <h2 className="day">{dayName(row.at, Date.now())}</h2>
    case 'new':
      return <p className="new">New</p>
    case 'older':
      return <p className="aside">Loading older lines …</p>
    case 'start':
      return row.trimmed ? <p className="aside">Older lines are no longer kept.</p> : <Start channel={channel} />
    default:
      return row satisfies never
  }
})

function Start({ channel }: { channel: Channel }) {
  const agent = channel.state.circle?.default_agent
  if (!channel.name.startsWith('circle:')) return <p className="aside">Nothing was told before this.</p>
  return (
    <p className="aside">
      This is the beginning. {agent ? <b>@{agent} answers here. </b> : 'Mention an agent, as @pickle, and it answers. '}
      To invite someone, send them this page’s address.
    </p>
  )
}
