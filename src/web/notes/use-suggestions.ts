import { useEffect, useMemo, useState } from 'react'
import type { DocumentResult } from '../../client/documents/react.ts'
import { request } from '../lib/api.ts'
import { useRequest } from '../lib/use-request.ts'
import { useIdentity } from '../nav/identity.ts'
import { problemText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'

/** Edits that wait until somebody who may write accepts or rejects them. */
export type Suggestion = {
  id: number
  author: { id: string; name: string }
  root: string
  edits: { old: string; new: string }[]
}

/** The suggestions of a document, and what decides one. */
export type SuggestionList = {
  list: readonly Suggestion[]
  problem: string | null
  decide(id: number, accept: boolean): void
}

const settleMs = 1_000
const none: readonly Suggestion[] = []

/** What agents and people suggest in a document. It is asked for once the document is open, for before it need not exist. */
export function useSuggestions(document: string, notes: DocumentResult): SuggestionList {
  const identity = useIdentity()
  const path = `/api/documents/${document}/suggestions`
  const { isSynced } = notes
  const [wasSynced, setWasSynced] = useState(isSynced)
  if (isSynced && !wasSynced) setWasSynced(true)
  const { value, reload } = useRequest<{ suggestions: Suggestion[] }>(wasSynced ? path : null)
  const [problem, setProblem] = useState<string | null>(null)
  const list = value?.suggestions ?? none
  useReloadOnChange(notes, list.length > 0, reload)
  return useMemo(() => {
    const decide = (id: number, accept: boolean): void =>
      void request(identity, `${path}/${id}`, { method: 'POST', body: { accept } })
        .then(
          () => setProblem(null),
          error => setProblem(problemText(error, t('notes.undecided'))),
        )
        .then(reload)
    return { list, problem, decide }
  }, [identity, path, list, problem, reload])
}

/**
 * Asks again once somebody came or went, as whoever suggests does for a moment; once the text has changed while there are
 * some (`areAny`); and when the reader comes back to the page.
 */
function useReloadOnChange({ doc, awareness }: DocumentResult, areAny: boolean, reload: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = (): void => {
      clearTimeout(timer)
      timer = setTimeout(reload, settleMs)
    }
    const onPeople = ({ added, removed }: { added: number[]; removed: number[] }): void => {
      if (added.length + removed.length > 0) later()
    }
    const onUpdate = (): void => {
      if (areAny) later()
    }
    doc.on('update', onUpdate)
    awareness.on('change', onPeople)
    addEventListener('focus', later)
    return () => {
      clearTimeout(timer)
      doc.off('update', onUpdate)
      awareness.off('change', onPeople)
      removeEventListener('focus', later)
    }
  }, [doc, awareness, areAny, reload])
}
