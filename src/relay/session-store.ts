import type { Sql } from '../lib/sql.ts'
import type { Attachment } from '../rooms/sessions/attachment.ts'

/** A session as it is stored: without the snapshots of the whole room, which are on a relay's socket. */
export type StoredSession = Omit<Attachment, 'notes' | 'ledger' | 'tally'>

type Page = { attachments: string | null; rows: number; last: string | null }

// Read at once, as one text: row by row takes twice as long, and of many thousands the texts alone would be most of an
// object's memory. A text may have 2 MB, and a session has a few hundred characters, or thousands with a presence state.
const pageRows = 100

// attachment: JSON.
const table = `CREATE TABLE IF NOT EXISTS circles_relay_sessions (
  session TEXT PRIMARY KEY,
  attachment TEXT NOT NULL
) WITHOUT ROWID`

/**
 * The sessions behind relays, in the circle's storage: a relay's socket has one attachment, and many members. The table is
 * made with the first of them, so a circle without relays has none.
 */
export class SessionStore {
  readonly #sql: Sql
  #hasTable: boolean | null = null // null: not looked up

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** All sessions. */
  all(): StoredSession[] {
    if (!this.#exists()) return []
    const sessions: StoredSession[] = []
    for (let page = this.#after(''); page !== undefined && page.last !== null; page = this.#after(page.last)) {
      sessions.push(...(JSON.parse(`[${page.attachments}]`) as StoredSession[]))
      if (page.rows < pageRows) break
    }
    return sessions
  }

  /** Stores a session. */
  put(session: StoredSession): void {
    if (!this.#exists()) this.#sql.all(table)
    this.#hasTable = true
    const text = JSON.stringify(session)
    this.#sql.all(
      'INSERT OR REPLACE INTO circles_relay_sessions (session, attachment) VALUES (?1, ?2)',
      session.id,
      text,
    )
  }

  /** Removes a session. */
  remove(id: string): void {
    if (this.#exists()) this.#sql.all('DELETE FROM circles_relay_sessions WHERE session = ?1', id)
  }

  /** The storage is empty now. */
  forget(): void {
    this.#hasTable = false
  }

  #after(session: string): Page | undefined {
    return this.#sql.all<Page>(
      `SELECT group_concat(attachment) AS attachments, count(*) AS rows, max(session) AS last FROM (
        SELECT session, attachment FROM circles_relay_sessions WHERE session > ?1 ORDER BY session LIMIT ?2)`,
      session,
      pageRows,
    )[0]
  }

  #exists(): boolean {
    const find = `SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'circles_relay_sessions'`
    this.#hasTable ??= this.#sql.all(find).length > 0
    return this.#hasTable
  }
}
