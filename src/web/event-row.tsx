import type { Channel, Entry } from '../client/client.ts'
import { exactTime } from './time.ts'

/** Something that happened, in one quiet line. */
export function EventRow({ entry }: { entry: Entry; channel: Channel }) {
  const words = wordsFor(entry)
  if (words === null) return <span />
  return (
    <p className="aside" data-tone={entry.event.type === 'turn_failed' ? 'bad' : undefined} title={exactTime(entry.at)}>
      {words}
    </p>
  )
}

function wordsFor({ event }: Entry): string | null {
  switch (event.type) {
    case 'agent_joined':
      return `${event.data.agent_name} answers here now`
    case 'agent_left':
      return `${event.data.agent_name} no longer answers by itself`
    case 'circle_status':
      return event.data.status === 'active'
        ? `The circle is called ${event.data.title}`
        : `The circle is ${event.data.status}`
    case 'member_changed':
      return event.data.banned
        ? `${event.data.user_id} was banned`
        : event.data.muted
          ? `${event.data.user_id} was muted`
          : `${event.data.user_id} is ${event.data.role ?? 'as before'}`
    case 'turn_failed':
      return `@${event.data.agent_id} did not answer. ${event.data.message}`
    default:
      return null
  }
}
