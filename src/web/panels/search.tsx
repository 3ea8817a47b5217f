import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import type { SearchPage, SearchResult } from '../../protocol/channels/circles.ts'
import type { PageState } from '../layout/page-state.ts'
import { request } from '../lib/api.ts'
import { clockTime, dayName } from '../lib/format-time.ts'
import { type Identity, useIdentity } from '../nav/identity.ts'
import { Highlight, type HighlightRange } from '../text/highlight.tsx'
import { PanelHeader } from './panel-header.tsx'

type Result = { seq: number; author: string; text: string; at: number; ranges: readonly HighlightRange[] }

/** Searches the messages of the whole log, or goes to a date. */
export function Search({ channel, page }: { channel: Channel; page: PageState }) {
  const identity = useIdentity()
  const field = useRef<HTMLInputElement>(null)
  const [query, setQuery] = useState('')
  const [results, setResults] = useState<Result[] | null>(null)
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
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard */}
      <section className="panel-scroll" aria-label="Results" aria-live="polite" tabIndex={0}>
        {results?.length === 0 ? <p className="soft">No messages match “{query}”.</p> : null}
        {results?.map(({ seq, author, text, at, ranges }) => (
          <button key={seq} type="button" className="search-result" onClick={() => page.goTo(seq)}>
            <span className="soft">
              {author}, {dayName(at, Date.now())} {clockTime(at)}
            </span>
            <Highlight text={text} ranges={ranges} />
          </button>
        ))}
      </section>
    </aside>
  )
}

/** Searches on the server, or among the loaded messages if the server cannot search. */
async function search(identity: Identity, channel: Channel, query: string): Promise<Result[]> {
  const name = channel.name.slice('circle:'.length)
  try {
    const path = `/api/circles/${name}/search?limit=50&q=${encodeURIComponent(query)}`
    const { results } = await request<SearchPage>(identity, path)
    return results.map(fromServer)
  } catch {
    return searchLoaded(channel, query)
  }
}

const fromServer = ({ seq, timestamp, author, snippet, highlights }: SearchResult): Result => ({
  seq,
  author: author.name,
  text: snippet,
  at: Date.parse(timestamp),
  ranges: highlights,
})

function searchLoaded(channel: Channel, query: string): Result[] {
  const words = query.toLowerCase().split(/\s+/)
  return channel.state.entries
    .filter(({ content }) => words.every(word => content.toLowerCase().includes(word)))
    .map(({ seq, author, content, at }) => ({ seq, author: author?.name ?? '', text: content, at, ranges: [] }))
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
