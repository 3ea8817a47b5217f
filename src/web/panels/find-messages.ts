import type { Author, Channel } from '../../client/client.ts'
import type { SearchPage, SearchResult } from '../../protocol/channels/circles.ts'
import { request } from '../lib/api.ts'
import { nameOf } from '../lib/kinds.ts'
import type { Identity } from '../nav/identity.ts'
import type { HighlightRange } from '../text/highlight.tsx'
import { plainSnippet } from '../text/plain-snippet.ts'

const pageSize = 50 // the server's largest

/** A message that was found. */
export type Result = { seq: number; author: Author; text: string; at: number; ranges: readonly HighlightRange[] }

/** What was found. `next`: where the next page begins, null after the last; `isLocal`: only what is loaded was searched. */
export type Found = { results: readonly Result[]; next: number | null; isLocal: boolean }

/** What a reader typed: words, and with `from:ada` or `from:"Ada Lovelace"` whose messages. */
export type Query = { words: string; from: string | null }

/** Reads what a reader typed. */
export function readQuery(text: string): Query {
  const operator = /(?:^|\s)from:@?(?:"([^"]+)"|(\S+))/i
  const [, quoted, word] = operator.exec(text) ?? []
  return { words: text.replace(operator, ' ').trim(), from: quoted ?? word ?? null }
}

/** Searches on the server, or among the loaded messages if the server cannot search. */
export async function findMessages(
  identity: Identity,
  channel: Channel,
  query: Query,
  before: number | null = null,
): Promise<Found> {
  const search = new URLSearchParams({ q: query.words, limit: String(pageSize) })
  if (query.from !== null) search.set('from', query.from)
  if (before !== null) search.set('before', String(before))
  const name = nameOf(channel.name)
  try {
    const { results, next } = await request<SearchPage>(identity, `/api/circles/${name}/search?${search}`)
    return { results: results.map(fromServer), next, isLocal: false }
  } catch {
    return { results: searchLoaded(channel, query), next: null, isLocal: true }
  }
}

function fromServer({ seq, type, timestamp, author, snippet, highlights }: SearchResult): Result {
  const { text, ranges } = plainSnippet(snippet, highlights)
  const kind = type === 'message' ? 'person' : 'agent'
  return { seq, author: { ...author, kind }, text, at: Date.parse(timestamp), ranges }
}

function searchLoaded(channel: Channel, { words, from }: Query): Result[] {
  const wanted = words.toLowerCase().split(/\s+/)
  return channel.state.entries
    .flatMap(({ seq, author, content, at }) =>
      author !== null && isFrom(author, from) && wanted.every(word => content.toLowerCase().includes(word))
        ? { seq, author, ...plainSnippet(content, []), at }
        : [],
    )
    .toReversed()
}

const isFrom = ({ id, name }: Author, from: string | null): boolean =>
  from === null || [id, name, id.replace(/^guest:/, '')].some(text => text.toLowerCase() === from.toLowerCase())
