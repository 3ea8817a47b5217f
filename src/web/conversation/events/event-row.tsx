import type { Channel, Entry } from '../../../client/client.ts'
import { Loaded } from '../../lib/loaded.tsx'
import { part } from '../../words/part.ts'
import { loadOnDemand } from '../load-on-demand.ts'
import { EventLine } from './event-line.tsx'
import { eventText } from './event-text.ts'

const FailedTurn = part(loadOnDemand, 'FailedTurn')
const ApprovalCard = part(loadOnDemand, 'ApprovalCard')
const MoreEvent = part(loadOnDemand, 'MoreEvent')

/** The events of workspaces, documents and webhooks, which most circles do not have. */
const moreTypes: ReadonlySet<string> = new Set([
  'file_created',
  'file_changed',
  'file_deleted',
  'git_status',
  'agent_activity',
  'document_edited',
  'webhook_failed',
])

/** An event that is not a message: one line of small text, or a request for approval. */
export function EventRow({ entry, channel }: { entry: Entry; channel: Channel }) {
  const { event } = entry
  if (moreTypes.has(event.type)) {
    return (
      <Loaded fallback={<p className="event">…</p>}>
        <MoreEvent entry={entry} channel={channel} />
      </Loaded>
    )
  }
  if (event.type === 'approval_requested') {
    return (
      <Loaded fallback={<p className="event">{eventText(event)}</p>}>
        <ApprovalCard entry={entry} />
      </Loaded>
    )
  }
  if (event.type === 'turn_failed') {
    return (
      <Loaded fallback={<p className="event">{eventText(event)}</p>}>
        <FailedTurn event={event} channel={channel} />
      </Loaded>
    )
  }
  return <EventLine entry={entry}>{eventText(event)}</EventLine>
}
