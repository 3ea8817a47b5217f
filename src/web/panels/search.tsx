import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { Author, Channel } from '../../client/client.ts'
import type { SearchPage, SearchResult } from '../../protocol/channels/circles.ts'
import type { PageState } from '../layout/page-state.ts'
import { request } from '../lib/api.ts'
import { clockTime, dayName } from '../lib/format-time.ts'
import { useToday } from '../lib/use-today.ts'
import { type Identity, useIdentity } from '../nav/identity.ts'
import { DistinctName, DistinctNames } from '../people/distinct-name.tsx'
import { Highlight, type HighlightRange } from '../text/highlight.tsx'
import { PanelHeader } from './panel-header.tsx'

const maxResults = 100

type Result = { seq: number; author: Author; text: string; at: number; ranges: readonly HighlightRange[] }

/** Searches the messages of the whole log, or goes to a date. */
export function Search({ channel, page }: { channel: Channel; page: PageState }) {
  const identity = useIdentity()
  const field = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState('')
  const [results, setResults] = useState<Result[] | null>(null)
  const [notice, setNotice] = useState<string | null>(null)
  useEffect(() => field.current?.focus(), [])

  const onSubmit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const next = String(new FormData(event.currentTarget).get('query')).trim()
    if (next === '') return
    setQuery(next)
    setResults(await search(identity, channel, next))
  }
  const goToDate = async (date: string): Promise<void> => {
    const seq = await firstSeqSince(channel, new Date(`${date}T00:00`).getTime())
    if (seq !== null) page.goTo(seq)
    setNotice(seq === null && date !== '' ? 'There are no messages on that day or later.' : null)
  }

  return (
    <aside className="panel" aria-label="Search">
      <PanelHeader title="Search" closeLabel="Close search" page={page} />
      <form onSubmit={onSubmit}>
        <input ref={field} name="query" type="search" aria-label="Search messages" placeholder="Search messages" />
      </form>
      <label className="date-field">
        <span className="soft">Or go to a date</span>
        <input type="date" onChange={event => void goToDate(event.target.value)} />
      </label>
      {notice === null ? null : (
        <p className="notice" role="status">
          {notice}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard */}
      <section className="panel-scroll" aria-label="Results" aria-live="polite" tabIndex={0}>
        {results === null ? null : <Results results={results} query={query} onPick={page.goTo} />}
      </section>
    </aside>
  )
}

type ResultsProps = { results: readonly Result[]; query: string; onPick(seq: number): void }

/** The messages that were found; their authors may be neither present nor authors of what is loaded. */
export function Results({ results, query, onPick }: ResultsProps) {
  const authors = useMemo(() => results.map(({ author }) => author), [results])
  const today = useToday()
  if (results.length === 0) return <p className="soft">No messages match “{query}”.</p>
  return (
    <DistinctNames authors={authors}>
      {results.map(({ seq, author, text, at, ranges }) => (
        <button key={seq} type="button" className="search-result" onClick={() => onPick(seq)}>
          <span className="soft">
            <DistinctName author={author} />, {dayName(at, today)} {clockTime(at)}
          </span>
          <Highlight text={text} ranges={ranges} />
        </button>
      ))}
      {results.length < maxResults ? null : (
        <p className="soft">These are the newest {maxResults}. More words find fewer.</p>
      )}
    </DistinctNames>
  )
}

/** Searches on the server, or among the loaded messages if the server cannot search. */
async function search(identity: Identity, channel: Channel, query: string): Promise<Result[]> {
  const name = channel.name.slice('circle:'.length)
  try {
    const path = `/api/circles/${name}/search?limit=${maxResults}&q=${encodeURIComponent(query)}`
    const { results } = await request<SearchPage>(identity, path)
    return results.map(fromServer)
  } catch {
    return searchLoaded(channel, query)
  }
}

const fromServer = ({ seq, type, timestamp, author, snippet, highlights }: SearchResult): Result => ({
  seq,
  author: { ...author, kind: type === 'message' ? 'person' : 'agent' },
  text: snippet,
  at: Date.parse(timestamp),
  ranges: highlights,
})

function searchLoaded(channel: Channel, query: string): Result[] {
  const words = query.toLowerCase().split(/\s+/)
  return channel.state.entries
    .flatMap(({ seq, author, content, at }) =>
      author !== null && words.every(word => content.toLowerCase().includes(word))
        ? { seq, author, text: content, at, ranges: [] }
        : [],
    )
    .toReversed()
}

/** Loads older pages as needed and returns the seq of the first entry outside threads at or after a time, or null. */
async function firstSeqSince(channel: Channel, from: number): Promise<number | null> {
  while (
    Number.isFinite(from) &&
    channel.state.history.older === 'some' &&
    (channel.state.entries[0]?.at ?? 0) >= from
  ) {
    await channel.loadOlder(200)
  }
  return channel.state.entries.find(({ at, root }) => at >= from && root === null)?.seq ?? null
}
