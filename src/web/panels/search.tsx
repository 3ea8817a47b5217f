import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { Channel } from '../../client/client.ts'
import type { PageState } from '../layout/page-state.ts'
import { clockTime, dayName } from '../lib/format-time.ts'
import { PanelHeader } from '../lib/panel-header.tsx'
import { useToday } from '../lib/use-today.ts'
import { useIdentity } from '../nav/identity.ts'
import { DistinctName, DistinctNames } from '../people/distinct-name.tsx'
import { Highlight } from '../text/highlight.tsx'
import { rich, t } from '../words/words.ts'
import { type Found, findMessages, type Result, readQuery } from './find-messages.ts'

/** Searches the messages of the whole log, or goes to a date. */
export function Search({ channel, page }: { channel: Channel; page: PageState }) {
  const field = useRef<HTMLInputElement>(null)
  const { query, found, search, more } = useSearch(channel)
  const [notice, setNotice] = useState<string | null>(null)
  useEffect(() => field.current?.focus(), [])

  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('query')).trim()
    const isReady = readQuery(text).words !== ''
    setNotice(isReady || text === '' ? null : t('search.noWords'))
    if (isReady) void search(text)
  }
  const goToDate = async (date: string): Promise<void> => {
    const seq = await firstSeqSince(channel, new Date(`${date}T00:00`).getTime())
    if (seq !== null) page.goTo(seq)
    setNotice(seq === null && date !== '' ? t('search.noDay') : null)
  }

  return (
    <aside className="panel" aria-label={t('header.search')}>
      <PanelHeader title={t('header.search')} closeLabel={t('search.close')} page={page} />
      <form onSubmit={onSubmit}>
        <input
          ref={field}
          name="query"
          type="search"
          aria-label={t('search.label')}
          aria-describedby="search-help"
          placeholder={t('search.label')}
        />
        <small id="search-help" className="soft">
          {t('search.help')}
        </small>
      </form>
      <label className="date-field">
        <span className="soft">{t('search.date')}</span>
        <input type="date" onChange={event => void goToDate(event.target.value)} />
      </label>
      {notice === null ? null : (
        <p className="notice" role="status">
          {notice}
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard */}
      <section className="panel-scroll" aria-label={t('search.results')} aria-live="polite" tabIndex={0}>
        {found === null ? null : <Results {...found} query={query} onPick={page.goTo} onMore={more} />}
      </section>
    </aside>
  )
}

/** The last query and its results, and functions that search, and that add the next page. */
function useSearch(channel: Channel) {
  const identity = useIdentity()
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<Found | null>(null)
  const search = async (text: string): Promise<void> => {
    setQuery(text)
    setFound(await findMessages(identity, channel, readQuery(text)))
  }
  const more = async (): Promise<void> => {
    const page = await findMessages(identity, channel, readQuery(query), found?.next ?? null)
    setFound(before => ({ ...page, results: [...(before?.results ?? []), ...page.results] }))
  }
  return { query, found, search, more }
}

type ResultsProps = Partial<Found> & {
  results: readonly Result[]
  query: string
  onPick(seq: number): void
  onMore?(): Promise<void>
}

/** The messages that were found; their authors may be neither present nor authors of what is loaded. */
export function Results({ results, query, next = null, isLocal = false, onPick, onMore }: ResultsProps) {
  const authors = useMemo(() => results.map(({ author }) => author), [results])
  const today = useToday()
  return (
    <DistinctNames authors={authors}>
      {isLocal ? <p className="notice">{t('search.local')}</p> : null}
      {results.length === 0 ? <p className="soft">{t('search.nothing', { query })}</p> : null}
      {results.map(({ seq, author, text, at, ranges }) => (
        <button key={seq} type="button" className="search-result" onClick={() => onPick(seq)}>
          <span className="soft">
            {rich('search.place', {
              name: <DistinctName author={author} />,
              day: dayName(at, today),
              time: clockTime(at),
            })}
          </span>
          <Highlight text={text} ranges={ranges} />
        </button>
      ))}
      {next === null ? null : (
        <button type="button" className="outline" onClick={() => void onMore?.()}>
          {t('search.older')}
        </button>
      )}
    </DistinctNames>
  )
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
