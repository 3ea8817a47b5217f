import { useEffect, useState } from 'react'
import type { DocumentResult } from '../../client/documents/react.ts'

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
      {others.length === 0 ? null : <span className="soft">· with {others.join(', ')}</span>}
    </p>
  )
}

function statusOf({ status, refusal, isSynced, isSaved, mayWrite, reason }: DocumentResult) {
  if (refusal !== null) return { text: `Not saved. ${refusal.message}`, isProblem: true }
  if (status === 'ended' || status === 'signed_out')
    return { text: reason?.message ?? 'Not connected.', isProblem: true }
  if (status === 'reconnecting') return { text: offlineText(isSaved), isProblem: false }
  if (!isSynced) return { text: 'Connecting …', isProblem: false }
  if (mayWrite === false) return { text: 'You can read these notes.', isProblem: false }
  return { text: isSaved ? 'Saved' : 'Saving …', isProblem: false }
}

const offlineText = (isSaved: boolean): string =>
  isSaved ? 'Offline. What you write is kept here until you are online again.' : 'Offline. Your changes are kept here.'

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
