import type { ReactNode } from 'react'
import type { Entry } from '../../../client/client.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { AgentIcon, NotesIcon, PeopleIcon, SettingsIcon } from '../../lib/icons.tsx'
import { ImportedMark } from '../imported-mark.tsx'

/** One line of small text about an event, with its time. */
export function EventLine({ entry: { event, at }, children }: { entry: Entry; children: ReactNode }) {
  return (
    <p className="event" title={exactTime(at)}>
      <EventIcon type={event.type} />
      {children} · <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time> <ImportedMark event={event} />
    </p>
  )
}

/** What an event is about: people, the circle, agents; files and all else. */
function EventIcon({ type }: { type: string }) {
  if (type === 'member_changed') return <PeopleIcon />
  if (type === 'circle_status') return <SettingsIcon />
  return /^(agent|approval|turn)_/.test(type) ? <AgentIcon /> : <NotesIcon />
}
