import { useEffect, useState } from 'react'
import type { DocumentResult } from '../../client/documents/react.ts'
import { list } from '../words/format.ts'
import { reasonText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'

/** How the notes stand with the server, and who else has them open. */
export function NotesStatus({ notes }: { notes: DocumentResult }) {
  const others = useOthers(notes)
  const { text, isProblem } = statusOf(notes)
  return (
    <p className="notes-status">
      {/* What changes with every word is not read out. */}
      <span role={isProblem ? 'alert' : undefined} className={isProblem ? 'problem' : 'soft'}>
        {text}
      </span>{' '}
      {others.length === 0 ? null : <span className="soft">{t('notes.with', { names: list(others) })}</span>}
    </p>
  )
}

function statusOf({ status, refusal, isSynced, isSaved, mayWrite, reason }: DocumentResult) {
  if (refusal !== null) return { text: t('notes.notSaved', { reason: reasonText(refusal) }), isProblem: true }
  if (status === 'ended' || status === 'signed_out')
    return { text: reason === null ? t('notes.notConnected') : reasonText(reason), isProblem: true }
  if (status === 'reconnecting') return { text: offlineText(isSaved), isProblem: false }
  if (!isSynced) return { text: t('notes.connecting'), isProblem: false }
  if (mayWrite === false) return { text: t('notes.readOnly'), isProblem: false }
  return { text: isSaved ? t('notes.saved') : t('notes.saving'), isProblem: false }
}

const offlineText = (isSaved: boolean): string => (isSaved ? t('notes.offline') : t('notes.offlineChanges'))

/** The names of those who have the notes open, beside the reader. */
function useOthers({ awareness }: DocumentResult): string[] {
  const [names, setNames] = useState<string[]>([])
  useEffect(() => {
    const read = (): void => {
      const states = [...awareness.getStates()].filter(([client]) => client !== awareness.clientID)
      const found = states.flatMap(([, { user }]) => (typeof user?.name === 'string' ? [user.name.slice(0, 64)] : []))
      setNames([...new Set(found)].toSorted())
    }
    read()
    awareness.on('change', read)
    return () => awareness.off('change', read)
  }, [awareness])
  return names
}
