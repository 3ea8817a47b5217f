import { useLayoutEffect, useRef } from 'react'
import { Problem } from '../layout/problem.tsx'
import { authorOf } from '../people/author-of.ts'
import { DistinctNames, useDistinctText } from '../people/distinct-name.tsx'
import { rich, t } from '../words/words.ts'
import type { Suggestion, SuggestionList } from './use-suggestions.ts'

/** What agents and people suggest: each is accepted or rejected by whoever may write. */
export function Suggestions({ suggestions, mayWrite }: { suggestions: SuggestionList; mayWrite: boolean }) {
  const { list } = suggestions
  return (
    <>
      {/* It is there before them, so that those that come by themselves are read out. */}
      <p className="visually-hidden" role="status">
        {list.map(({ author }) => t('notes.suggestionBy', { name: author.name })).join(', ')}
      </p>
      {list.length === 0 ? null : <SuggestionItems suggestions={suggestions} mayWrite={mayWrite} />}
    </>
  )
}

function SuggestionItems({ suggestions: { list, problem, decide }, mayWrite }: Parameters<typeof Suggestions>[0]) {
  return (
    <section className="notes-suggestions" aria-label={t('notes.suggestions')}>
      <DistinctNames authors={list.map(({ author }) => authorOf(author))}>
        {list.map(one => (
          <SuggestionItem key={one.id} suggestion={one} onDecide={mayWrite ? accept => decide(one.id, accept) : null} />
        ))}
      </DistinctNames>
      <Problem>{problem}</Problem>
    </section>
  )
}

type ItemProps = { suggestion: Suggestion; onDecide: ((accept: boolean) => void) | null }

function SuggestionItem({ suggestion: { author, edits }, onDecide }: ItemProps) {
  const name = useDistinctText()(authorOf(author))
  const isAtEnd = edits.every(edit => edit.old === '')
  const item = useRef<HTMLElement>(null)
  // Whoever decided it by keyboard goes on from the notes, and not from the beginning of the page.
  useLayoutEffect(() => {
    const article = item.current
    return () => {
      if (article?.contains(document.activeElement)) article.closest<HTMLElement>('.notes')?.focus()
    }
  }, [])
  return (
    <article ref={item} aria-label={t('notes.suggestionBy', { name })}>
      <p>{rich(isAtEnd ? 'notes.suggestsAtEnd' : 'notes.suggests', { name: <b>{name}</b> })}</p>
      {edits.map(edit => (
        <p key={JSON.stringify(edit)} className="notes-change">
          {edit.old === '' ? null : <del>{edit.old}</del>}
          {edit.new === '' ? null : <ins>{edit.new}</ins>}
        </p>
      ))}
      {onDecide === null ? null : (
        <p className="choices">
          <button type="button" onClick={() => onDecide(true)}>
            {t('notes.accept')}
          </button>
          <button type="button" onClick={() => onDecide(false)}>
            {t('notes.reject')}
          </button>
        </p>
      )}
    </article>
  )
}
