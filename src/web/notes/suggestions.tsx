import { useEffect, useState } from 'react'
import type { DocumentResult } from '../../client/documents/react.ts'
import { Problem } from '../layout/problem.tsx'
import { messageOf, request } from '../lib/api.ts'
import { useRequest } from '../lib/use-request.ts'
import { useIdentity } from '../nav/identity.ts'
import { authorOf } from '../people/author-of.ts'
import { DistinctNames, useDistinctText } from '../people/distinct-name.tsx'

type Suggestion = {
  id: number
  author: { id: string; name: string }
  edits: { old: string; new: string }[]
}

const settleMs = 1_000

/** What agents and people suggest: each is accepted or rejected by whoever may write. */
export function Suggestions({ document, notes }: { document: string; notes: DocumentResult }) {
  const identity = useIdentity()
  const { value, reload } = useRequest<{ suggestions: Suggestion[] }>(`/api/documents/${document}/suggestions`)
  const [problem, setProblem] = useState<string | null>(null)
  const suggestions = value?.suggestions ?? []
  useReloadOnChange(notes, suggestions.length > 0, reload)
  const decide = async (id: number, accept: boolean): Promise<void> => {
    try {
      await request(identity, `/api/documents/${document}/suggestions/${id}`, { method: 'POST', body: { accept } })
      setProblem(null)
    } catch (error) {
      setProblem(messageOf(error, 'It was not decided.'))
    }
    reload()
  }
  if (suggestions.length === 0) return null
  return (
    <section className="notes-suggestions" aria-label="Suggestions">
      <DistinctNames authors={suggestions.map(({ author }) => authorOf(author))}>
        {suggestions.map(one => (
          <SuggestionItem
            key={one.id}
            suggestion={one}
            onDecide={notes.mayWrite === true ? accept => void decide(one.id, accept) : null}
          />
        ))}
      </DistinctNames>
      <Problem>{problem}</Problem>
    </section>
  )
}

type ItemProps = { suggestion: Suggestion; onDecide: ((accept: boolean) => void) | null }

function SuggestionItem({ suggestion: { author, edits }, onDecide }: ItemProps) {
  const name = useDistinctText()(authorOf(author))
  return (
    <article aria-label={`Suggestion by ${name}`}>
      <p>
        <b>{name}</b> suggests{edits.every(edit => edit.old === '') ? ' at the end' : ''}
      </p>
      {edits.map(edit => (
        <p key={JSON.stringify(edit)} className="notes-change">
          {edit.old === '' ? null : <del>{edit.old}</del>}
          {edit.new === '' ? null : <ins>{edit.new}</ins>}
        </p>
      ))}
      {onDecide === null ? null : (
        <p className="choices">
          <button type="button" onClick={() => onDecide(true)}>
            Accept
          </button>
          <button type="button" onClick={() => onDecide(false)}>
            Reject
          </button>
        </p>
      )}
    </article>
  )
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
