import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { ArchiveEvent, ArchiveRow } from '../../protocol/events/archive.ts'
import type { Origin } from '../../protocol/events/events.ts'
import { eraseDeleted } from './erase-deleted.ts'
import { defaultEventId } from './event-log.ts'
import { fillReactions } from './reactions.ts'

type Row = SqlRow & {
  seq: number
  at: number
  type: string
  user: string
  id: string | null
  data: string
  origin: string | null
}

const pageBytes = 524_288
const pageEvents = 2_000

/** Exports and imports a log. An import is collected in its own tables, and replaces the log when it is complete. */
export class Archive {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** A page of the log as lines of text. `last`: its last seq; `next`: the same, or null if no event is left. */
  lines(channel: string, after: number): { text: string; last: number; next: number | null } {
    const rows = this.#sql.all<Row>(
      `SELECT seq, at, type, user, id, data, origin FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2`,
      after,
      pageEvents,
    )
    let text = ''
    for (const row of rows) {
      text += `${lineOf(row, channel)}\n`
      if (text.length > pageBytes) return { text, last: row.seq, next: row.seq }
    }
    const last = rows.at(-1)?.seq ?? after
    return { text, last, next: rows.length < pageEvents ? null : last }
  }

  /** Returns whether the log has no events but those of creating the channel. */
  isEmpty(): boolean {
    const made = `('circle_status', 'member_changed', 'agent_joined', 'agent_left')`
    return first(this.#sql, `SELECT 1 FROM events WHERE type NOT IN ${made} LIMIT 1`) === null
  }

  /** Begins an import. One that was never finished is deleted. */
  begin(id: string): void {
    this.clear()
    this.#sql.all(
      `INSERT INTO settings (key, value) VALUES ('arriving', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      id,
    )
  }

  /** Returns whether this import is the current one: another may have begun since. */
  isArriving(id: string): boolean {
    return first<{ value: string }>(this.#sql, `SELECT value FROM settings WHERE key = 'arriving'`)?.value === id
  }

  /** Adds to the size of this import. Returns false if it exceeds what may be kept here. */
  grow(bytes: number, most: number): boolean {
    const grown = first<{ value: string }>(
      this.#sql,
      `INSERT INTO settings (key, value) VALUES ('arriving_bytes', ?1)
        ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + ?1 RETURNING value`,
      bytes,
    )
    return Number(grown?.value ?? 0) <= most
  }

  /** Adds the next events, marked with who imports them, and rows. Returns what is wrong with the order, or null. */
  add(events: readonly ArchiveEvent[], rows: readonly ArchiveRow[], importedBy: string): string | null {
    let last = first<{ seq: number; at: number }>(this.#sql, `SELECT seq, at FROM arriving ORDER BY seq DESC LIMIT 1`)
    for (const event of events) {
      if (last !== null && event.seq !== last.seq + 1) return `seq ${event.seq} does not follow ${last.seq}`
      if (last !== null && event.at < last.at) return `seq ${event.seq} is older than the event before it`
      this.#put(event, { ...event.origin, imported_by: importedBy })
      last = event
    }
    for (const { component, row } of rows) {
      this.#sql.all(`INSERT INTO arriving_rows (component, row) VALUES (?1, ?2)`, component, JSON.stringify(row))
    }
    return null
  }

  /**
   * Replaces the log by the import and returns the number of events, or the reason why nothing was done. The epoch is
   * deleted, so that the log gets another.
   */
  end(): number | 'empty' | 'repeated' {
    const { count } = first<{ count: number }>(this.#sql, `SELECT count(*) AS count FROM arriving`) ?? { count: 0 }
    if (count === 0) return 'empty'
    const repeated = first(
      this.#sql,
      `SELECT 1 FROM arriving WHERE id IS NOT NULL GROUP BY user, id HAVING count(*) > 1 LIMIT 1`,
    )
    if (repeated !== null) return 'repeated'
    for (const table of ['events', 'turns', 'approvals', 'line_text', 'reactions'])
      this.#sql.all(`DELETE FROM ${table}`)
    this.#sql.all(`INSERT INTO events (${columns}) SELECT ${columns} FROM arriving`)
    this.#sql.all(fillReactions)
    for (const statement of eraseDeleted) this.#sql.all(statement)
    this.#sql.all(`DELETE FROM settings WHERE key IN ('epoch', 'search', 'log_size')`)
    return count
  }

  /** Deletes what was collected. */
  clear(): void {
    this.#sql.all(`DELETE FROM arriving`)
    this.#sql.all(`DELETE FROM arriving_rows`)
    this.#sql.all(`DELETE FROM settings WHERE key IN ('arriving', 'arriving_bytes')`)
  }

  /** The imported rows of a component. */
  *rowsOf(component: string): Generator<object> {
    const rows = this.#sql.all<{ row: string }>(
      `SELECT row FROM arriving_rows WHERE component = ?1 ORDER BY n`,
      component,
    )
    for (const { row } of rows) yield JSON.parse(row)
  }

  #put({ seq, at, type, user, id, data }: ArchiveEvent, origin: Origin): void {
    this.#sql.all(
      `INSERT INTO arriving (seq, at, type, user, id, data, origin) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
      seq,
      at,
      type,
      user,
      id === defaultEventId({ type, data, seq }) ? null : id,
      JSON.stringify(data),
      JSON.stringify(origin),
    )
    if (type !== 'message_edited' || !('target' in data)) return
    this.#sql.all(
      `UPDATE arriving SET edits = json_insert(coalesce(edits, '[]'), '$[#]', ?2) WHERE seq = ?1`,
      data.target,
      seq,
    )
  }
}

/** A page of the rows of components as lines of text, without the first `skip`. `next`: how many to skip then, or null. */
export function rowLines(rows: Iterable<ArchiveRow>, skip: number): { text: string; next: number | null } {
  let text = ''
  let count = 0
  for (const row of rows) {
    if (text.length > pageBytes) return { text, next: count }
    count += 1
    if (count > skip) text += `${JSON.stringify(row)}\n`
  }
  return { text, next: null }
}

const columns = 'seq, at, type, user, id, data, origin, edits'

/** An event as a line. An archive does not say who imported it: it stays the same when it is imported and exported again. */
function lineOf({ seq, at, type, user, id, data, origin }: Row, channel: string): string {
  const stored = JSON.parse(data)
  const { imported_by: _, ...sent } = origin === null ? {} : (JSON.parse(origin) as Origin)
  return JSON.stringify({
    type,
    data: stored,
    timestamp: timestamp(at),
    channel,
    seq,
    id: id ?? defaultEventId({ type, data: stored, seq }),
    user,
    ...(Object.keys(sent).length > 0 && { origin: sent }),
  })
}
