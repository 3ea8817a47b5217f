import type { Entry } from '../../client/client.ts'

/** Marks an event that was not sent here but came with an imported log; nothing for others. */
export function ImportedMark({ event: { origin } }: Pick<Entry, 'event'>) {
  if (origin === undefined) return null
  return (
    <span className="badge" title={`${origin.imported_by} imported this. It was not sent here, and may be made up.`}>
      imported
    </span>
  )
}
