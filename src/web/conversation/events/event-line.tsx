import type { ReactNode } from 'react'
import type { Entry } from '../../../client/client.ts'
import { clockTime, exactTime } from '../../lib/format-time.ts'
import { ImportedMark } from '../imported-mark.tsx'

/** One line of small text about an event, with its time. */
export function EventLine({ entry: { event, at }, children }: { entry: Entry; children: ReactNode }) {
  return (
    <p className="event" title={exactTime(at)}>
      {children} · <time dateTime={new Date(at).toISOString()}>{clockTime(at)}</time> <ImportedMark event={event} />
    </p>
  )
}
