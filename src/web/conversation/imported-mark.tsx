import type { Entry } from '../../client/client.ts'
import { t } from '../words/words.ts'

/** Marks an event that was not sent here but came with an imported log; nothing for others. */
export function ImportedMark({ event: { origin } }: Pick<Entry, 'event'>) {
  if (origin === undefined) return null
  return (
    <span className="badge" title={t('message.importedBy', { name: origin.imported_by })}>
      {t('message.imported')}
    </span>
  )
}
