import type { Channel, Entry } from '../../../client/client.ts'
import type { PageState } from '../../layout/page-state.ts'
import type { EventGroup } from '../rows.ts'
import { EventRow } from './event-row.tsx'

type Props = { group: EventGroup; channel: Channel; page: PageState }

/** Events that belong together in one line: what they come to, and each of them once it is opened. */
export function EventGroupRow({ group, channel, page }: Props) {
  const { entries } = group
  const last = entries.at(-1)
  const turn = last?.event.type === 'agent_activity' ? last : null
  return (
    <details className="event-group">
      <summary>{turn === null ? filesText(entries) : <EventRow entry={turn} channel={channel} page={page} />}</summary>
      {entries
        .filter(entry => entry !== turn)
        .map(entry => (
          <EventRow key={entry.key} entry={entry} channel={channel} page={page} />
        ))}
    </details>
  )
}

const verbs = [
  ['file_created', 'created'],
  ['file_changed', 'changed'],
  ['file_deleted', 'deleted'],
] as const

/** What happened to files, in one line: `Ada: 12 files created, 1 changed`. */
export function filesText(entries: readonly Pick<Entry, 'event'>[]): string {
  const counts = verbs
    .map(([type, verb]) => ({ verb, count: entries.filter(({ event }) => event.type === type).length }))
    .filter(({ count }) => count > 0)
  const parts = counts.map(({ verb, count }, index) =>
    index > 0 ? `${count} ${verb}` : count === 1 ? `1 file ${verb}` : `${count} files ${verb}`,
  )
  const [first] = entries
  const by = first !== undefined && 'by' in first.event.data ? first.event.data.by : undefined
  return typeof by === 'string' ? `${by.replace(/^guest:/, '')}: ${parts.join(', ')}` : parts.join(', ')
}
