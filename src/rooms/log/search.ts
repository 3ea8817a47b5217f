import { first, type Sql } from '../../lib/sql.ts'
import type { EventRegistry } from '../../protocol/events/event-registry.ts'
import { MessageView, type StoredMessage } from './messages.ts'
import { SearchQuery, type Snippet } from './search-query.ts'
import { indexText } from './search-tokens.ts'

/** A message that was found, and the part of it that contains the words. */
type Found = { message: StoredMessage } & Snippet

/** Which of the messages: before a seq, and by one author, whose name or id this is. */
type SearchOptions = { limit: number; before?: number | undefined; from?: string | null | undefined }

/** `complete`: every kept message is in the index; `next`: the `before` of the next page, null if this is the last. */
type SearchPage = { found: Found[]; complete: boolean; next: number | null }

/** The seqs that are in the index: those of messages from `low` to `high`. */
type Covered = { low: number; high: number }

const stepEvents = 10_000 // that one search indexes at most, newest first: 10,000 messages take about 0.2 s
const maxLooked = 2_000 // messages in which one search by author looks at most

/**
 * Full-text search in a log. Storing a message must not cost one more row for searches that may never come (L8), so a
 * search itself extends the index: by all new messages, and by one step of older ones until all are covered.
 */
export class Search {
  readonly #sql: Sql
  readonly #events: EventRegistry
  readonly #messages: MessageView

  /** Finds events of the types whose definition says what to index. */
  constructor(sql: Sql, events: EventRegistry) {
    this.#sql = sql
    this.#events = events
    this.#messages = new MessageView(
      sql,
      [...events].flatMap(([type, { search }]) => (search === undefined ? [] : [type])),
    )
  }

  /** The newest messages that contain all these words. */
  find(words: string, { limit, before = Number.MAX_SAFE_INTEGER, from = null }: SearchOptions): SearchPage {
    const query = SearchQuery.read(words)
    if (query === null) return { found: [], complete: true, next: null }
    const complete = this.#catchUp()
    const found: Found[] = []
    for (const [index, seq] of this.#seqs(query, before, from === null ? limit + 1 : maxLooked).entries()) {
      if (found.length === limit || index === maxLooked - 1) return { found, complete, next: seq + 1 }
      const message = this.#messages.at(seq)
      if (message === null || !isFrom(message, from)) continue // it was trimmed since, or somebody else wrote it
      found.push({ message, ...query.snippet(this.#textOf(message)) })
    }
    return { found, complete, next: null }
  }

  /** The seqs of messages with the words, newest first. */
  #seqs(query: SearchQuery, before: number, limit: number): number[] {
    const rows = this.#sql.all<{ rowid: number }>(
      `SELECT rowid FROM line_text WHERE line_text MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3`,
      query.match,
      before,
      limit,
    )
    return rows.map(({ rowid }) => rowid)
  }

  /** Removes a message from the index at once, so that a deleted message is not found any more. */
  remove(seq: number): void {
    if (this.#covered() !== null) this.#sql.all(`DELETE FROM line_text WHERE rowid = ?1`, seq)
  }

  /** Removes everything before a seq, which is no longer kept. */
  removeBefore(seq: number): void {
    if (this.#covered() !== null) this.#sql.all(`DELETE FROM line_text WHERE rowid < ?1`, seq)
  }

  #catchUp(): boolean {
    const ends = first<{ low: number | null; high: number | null }>(
      this.#sql,
      `SELECT (SELECT min(seq) FROM events) AS low, (SELECT max(seq) FROM events) AS high`,
    )
    const earliest = ends?.low ?? 1
    const head = ends?.high ?? 0
    const covered = this.#covered()
    const isFarBehind = covered !== null && head - covered.high > stepEvents // then it is quicker to start again
    const before = covered === null || isFarBehind ? { low: head + 1, high: head } : covered
    const after: Covered = { low: Math.max(earliest, before.low - stepEvents), high: head }
    if (after.low === before.low && after.high === before.high) return after.low <= earliest
    this.#sql.transaction(() => {
      if (isFarBehind) this.#sql.all(`DELETE FROM line_text`)
      this.#add(before.high + 1, after.high)
      this.#updateEdited(before)
      this.#add(after.low, before.low - 1)
      this.#sql.all(`DELETE FROM line_text WHERE rowid < ?1`, earliest)
      this.#sql.all(
        `INSERT INTO settings (key, value) VALUES ('search', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        JSON.stringify(after),
      )
    })
    return after.low <= earliest
  }

  #add(from: number, to: number): void {
    for (let seq = from - 1; seq < to; ) {
      const messages = this.#messages.after(seq, 500).filter(message => message.seq <= to)
      for (const message of messages) this.#index(message)
      seq = messages.at(-1)?.seq ?? to
    }
  }

  /** Indexes messages again that were edited since. Deleted ones were removed when it happened. */
  #updateEdited({ low, high }: Covered): void {
    const edited = this.#sql.all<{ target: number }>(
      `SELECT DISTINCT json_extract(data, '$.target') AS target FROM events
        WHERE seq > ?2 AND type = 'message_edited' AND target BETWEEN ?1 AND ?2`,
      low,
      high,
    )
    for (const { target } of edited) {
      const message = this.#messages.at(target)
      this.#sql.all(`DELETE FROM line_text WHERE rowid = ?1`, target)
      if (message !== null) this.#index(message)
    }
  }

  #index(message: StoredMessage): void {
    const text = indexText(this.#textOf(message))
    this.#sql.all(`INSERT INTO line_text (rowid, content) VALUES (?1, ?2)`, message.seq, text)
  }

  #textOf(message: StoredMessage): string {
    return this.#events.get(message.type)?.search?.(message.data) ?? ''
  }

  #covered(): Covered | null {
    const row = first<{ value: string }>(this.#sql, `SELECT value FROM settings WHERE key = 'search'`)
    return row === null ? null : (JSON.parse(row.value) as Covered)
  }
}

function isFrom({ data }: StoredMessage, from: string | null): boolean {
  if (from === null) return true
  const names = 'agent_id' in data ? [data.agent_id, data.agent_name] : [data.user_id, data.user_name]
  const wanted = from.toLowerCase()
  return names.some(name => name?.toLowerCase() === wanted || name?.toLowerCase() === `guest:${wanted}`)
}
