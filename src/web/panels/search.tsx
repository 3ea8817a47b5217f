import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import type { SearchPage, SearchResult } from '../../protocol/circles.ts'
import type { PageState } from '../layout/page-state.ts'
import { request } from '../lib/api.ts'
import { clockTime, dayName } from '../lib/format-time.ts'
import { CloseIcon } from '../lib/icons.tsx'
import { useIdentity } from '../nav/identity-context.ts'
import { Highlight, type Mark } from '../text/highlight.tsx'

type Found = { seq: number; who: string; text: string; at: number; marks: readonly Mark[] }

/** Finds lines by their words, in the whole log; or goes to a day. */
export function Search({ channel, view }: { channel: Channel; view: PageState }) {
  const who = useIdentity()
  const field = useRef<HTMLInputElement>(null)
  const [words, setWords] = useState('')
  const [found, setFound] = useState<Found[] | null>(null)
  useEffect(() => field.current?.focus(), [])

  const search = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const asked = String(new FormData(event.currentTarget).get('words')).trim()
    if (asked === '') return
    setWords(asked)
    const name = channel.name.slice('circle:'.length)
    try {
      const path = `/api/circles/${name}/search?limit=50&q=${encodeURIComponent(asked)}`
      const { results } = await request<SearchPage>(who, path)
      setFound(results.map(asFound))
    } catch {
      setFound(amongLoaded(channel, asked)) // a server without a search: what is here can be searched here
    }
  }
  const goToDay = async (day: string): Promise<void> => {
    const from = new Date(`${day}T00:00`).getTime()
    while (Number.isFinite(from) && channel.state.older === 'some' && (channel.state.entries[0]?.at ?? 0) >= from) {
      await channel.older(200)
    }
    const first = channel.state.entries.find(({ at, root }) => at >= from && root === null)
    if (first !== undefined) view.goTo(first.seq)
  }

  return (
    <aside className="panel" aria-label="Search">
      <header>
        <h2>Search</h2>
        <button
          type="button"
          onClick={() => view.show({ kind: 'people' })}
          aria-label="Close the search"
          title="Close (Esc)"
        >
          <CloseIcon />
        </button>
      </header>
      <form onSubmit={search}>
        <input ref={field} name="words" type="search" aria-label="Words to find" placeholder="Words to find" />
      </form>
      <label className="day-field">
        <span className="soft">Or go to a day</span>
        <input type="date" onChange={event => void goToDay(event.target.value)} />
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="panel-scroll" aria-label="What was found" aria-live="polite" tabIndex={0}>
        {found === null ? null : found.length === 0 ? <p className="soft">Nothing was found for “{words}”.</p> : null}
        {found?.map(({ seq, who: name, text, at, marks }) => (
          <button key={seq} type="button" className="found" onClick={() => view.goTo(seq)}>
            <span className="soft">
              {name}, {dayName(at, Date.now())} {clockTime(at)}
            </span>
            <Highlight text={text} marks={marks} />
          </button>
        ))}
      </section>
    </aside>
  )
}

const asFound = ({ seq, timestamp, author, snippet, highlights }: SearchResult): Found => ({
  seq,
  who: author.name,
  text: snippet,
  at: Date.parse(timestamp),
  marks: highlights,
})

function amongLoaded(channel: Channel, asked: string): Found[] {
  const wanted = asked.toLowerCase().split(/\s+/)
  return channel.state.entries
    .filter(({ content }) => wanted.every(word => content.toLowerCase().includes(word)))
    .map(({ seq, author, content, at }) => ({ seq, who: author?.name ?? '', text: content, at, marks: [] }))
    .toReversed()
}
