import { memo } from 'react'
import type { Channel } from '../client/client.ts'
import { EventRow } from './event-row.tsx'
import { Line } from './line.tsx'
import type { Row } from './rows.ts'
import { dayName } from './time.ts'

type Props = { row: Row; channel: Channel; editing: number | null; onEdit(seq: number | null): void }

/** One row of the conversation, whatever it is. */
export const RowView = memo(function RowView({ row, channel, editing, onEdit }: Props) {
  switch (row.kind) {
    case 'line':
      return (
        <Line row={row} channel={channel} isEditing={editing !== null && row.entry?.seq === editing} onEdit={onEdit} />
      )
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
  return (
    <p className="aside">
      This is the beginning. {agent ? `@${agent} answers here. ` : 'Mention an agent, as @pickle, and it answers. '}
      To invite someone, send them this page’s address.
    </p>
  )
}
