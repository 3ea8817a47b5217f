import { first, type Sql } from '../../lib/sql.ts'
import { MessageView, type StoredMessage } from './messages.ts'

/** A line that was found, and the part of it that holds the words. */
export type Found = { line: StoredMessage; snippet: string; highlights: Highlight[] }

/** Where in a snippet a word stands: [from, to), in UTF-16 units. */
export type Highlight = [from: number, to: number]

/** What is in the index: the lines from `low` to `high`. */
type Covered = { low: number; high: number }

const step = 10_000 // events indexed by one search at most, newest first: 10,000 lines take about 0.2 s
const maxWords = 16

/**
 * Full text over a log. A message must not cost a row more because somebody may search one day (L8), so the index is
 * made by those who search: each takes in what is new, and a step of what is old until all of it is covered.
 */
export class Search {
  readonly #sql: Sql
  readonly #lines: MessageView

  constructor(sql: Sql) {
    this.#sql = sql
    this.#lines = new MessageView(sql)
  }

  /** The newest lines that hold all these words; `complete`: every kept line was looked at. */
  find(words: string, limit: number): { found: Found[]; complete: boolean } {
    const query = queryOf(words)
    if (query === null) return { found: [], complete: true }
    const complete = this.#catchUp()
    const rows = this.#sql.all<{ rowid: number; snippet: string }>(
      `SELECT rowid, snippet(line_text, 0, char(2), char(3), '…', 24) AS snippet FROM line_text WHERE line_text MATCH ?1
        ORDER BY rowid DESC LIMIT ?2`,
      query,
      limit,
    )
    const found = rows.flatMap(({ rowid, snippet }) => {
      const line = this.#lines.at(rowid)
      return line === null ? [] : [{ line, ...readMarks(snippet) }] // else it was trimmed since
    })
    return { found, complete }
  }

  /** Takes a line out of the index at once: whoever deletes a line wants its words gone. */
  forget(seq: number): void {
    if (this.#covered() !== null) this.#sql.all(`DELETE FROM line_text WHERE rowid = ?1`, seq)
  }

  /** Takes everything before a seq out: it is not kept any more. */
  forgetBefore(seq: number): void {
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
    const isFarBehind = covered !== null && head - covered.high > step // then it is quicker to begin anew
    const before = covered === null || isFarBehind ? { low: head + 1, high: head } : covered
    const after: Covered = { low: Math.max(earliest, before.low - step), high: head }
    if (after.low === before.low && after.high === before.high) return after.low <= earliest
    this.#sql.transaction(() => {
      if (isFarBehind) this.#sql.all(`DELETE FROM line_text`)
      this.#add(before.high + 1, after.high)
      this.#amend(before)
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
      const lines = this.#lines.after(seq, 500).filter(line => line.seq <= to)
      for (const line of lines) this.#index(line)
      seq = lines.at(-1)?.seq ?? to
    }
  }

  /** Lines of the index that were edited since. Deleted ones were forgotten when it happened. */
  #amend({ low, high }: Covered): void {
    const edited = this.#sql.all<{ target: number }>(
      `SELECT DISTINCT json_extract(data, '$.target') AS target FROM events
        WHERE seq > ?2 AND type = 'message_edited' AND target BETWEEN ?1 AND ?2`,
      low,
      high,
    )
    for (const { target } of edited) {
      const line = this.#lines.at(target)
      this.#sql.all(`DELETE FROM line_text WHERE rowid = ?1`, target)
      if (line !== null) this.#index(line)
    }
  }

  #index(line: StoredMessage): void {
    this.#sql.all(`INSERT INTO line_text (rowid, content) VALUES (?1, ?2)`, line.seq, line.data.content)
  }

  #covered(): Covered | null {
    const row = first<{ value: string }>(this.#sql, `SELECT value FROM settings WHERE key = 'search'`)
    return row === null ? null : (JSON.parse(row.value) as Covered)
  }
}

/** All the words, the last of which may go on; null if there is none. Quoted, so that nothing in them is syntax. */
function queryOf(text: string): string | null {
  const words = (text.toWellFormed().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).slice(0, maxWords)
  return words.length === 0 ? null : `${words.map(word => `"${word}"`).join(' ')}*`
}

/** Takes the marks out of a snippet. They are control characters, which no stored line holds. */
function readMarks(marked: string): { snippet: string; highlights: Highlight[] } {
  const highlights: Highlight[] = []
  let snippet = ''
  for (const [index, part] of marked.split('\u0002').entries()) {
    const [inside = '', ...outside] = part.split('\u0003')
    if (index > 0) highlights.push([snippet.length, snippet.length + inside.length])
    snippet += inside + outside.join('')
  }
  return { snippet, highlights }
}
