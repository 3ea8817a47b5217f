import type { Channel, Entry } from '../../../client/client.ts'
import { list } from '../../words/format.ts'
import { t } from '../../words/words.ts'
import type { EventGroup } from '../rows.ts'
import { displayName } from './event-text.ts'
import { MoreEvent } from './more-event.tsx'

type Props = { group: EventGroup; channel: Channel }

/** Events that belong together in one line: what they come to, and each of them once it is opened. */
export function EventGroupRow({ group, channel }: Props) {
  const { entries } = group
  const last = entries.at(-1)
  const turn = last?.event.type === 'agent_activity' ? last : null
  return (
    <details className="event-group">
      <summary>{turn === null ? filesText(entries) : <MoreEvent entry={turn} channel={channel} />}</summary>
      {entries
        .filter(entry => entry !== turn)
        .map(entry => (
          <MoreEvent key={entry.key} entry={entry} channel={channel} />
        ))}
    </details>
  )
}

const changes = [
  ['file_created', 'event.filesCreated'],
  ['file_changed', 'event.filesChanged'],
  ['file_deleted', 'event.filesDeleted'],
] as const

/** What happened to files, in one line: `Ada: 12 files created, 1 file changed`. */
export function filesText(entries: readonly Pick<Entry, 'event'>[]): string {
  const counts = changes
    .map(([type, key]) => ({ key, count: entries.filter(({ event }) => event.type === type).length }))
    .filter(({ count }) => count > 0)
  const parts = list(counts.map(({ key, count }) => t(key, { count })))
  const [first] = entries
  const by = first !== undefined && 'by' in first.event.data ? first.event.data.by : undefined
  return typeof by === 'string' ? t('event.filesBy', { name: displayName(by), changes: parts }) : parts
}
