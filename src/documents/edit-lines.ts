import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { EventData } from '../protocol/events/events.ts'
import type { Editor } from './editors.ts'

/** The table of who edited what in a circle. `told`: when the log said so (ms); null: it is yet to say it. */
export const editLineMigration = [
  `CREATE TABLE circles_document_editors (
    document TEXT NOT NULL, person TEXT NOT NULL, name TEXT NOT NULL, told INTEGER,
    PRIMARY KEY (document, person)) WITHOUT ROWID`,
]

const pauseMs = 60_000 // between two lines of a circle
const quietMs = 600_000 // before a line names the same person and document again
const editorsAtOnce = 20

type Row = SqlRow & { document: string; person: string; name: string }

/** What the log of a circle says of its documents: who edits which, at most once a minute. */
export class EditLines {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** These edit a document. */
  add(document: string, editors: readonly Editor[], now: number): void {
    for (const { id, name } of editors) {
      this.#sql.all(
        `INSERT INTO circles_document_editors (document, person, name, told) VALUES (?1, ?2, ?3, NULL)
          ON CONFLICT (document, person) DO UPDATE SET told = NULL, name = excluded.name WHERE told <= ?4`,
        ...[document, id, name, now - quietMs],
      )
    }
  }

  /** When the next line is due (ms), or null. */
  get dueAt(): number | null {
    const row = first<SqlRow & { untold: number; last: number | null }>(
      this.#sql,
      `SELECT count(*) - count(told) AS untold, max(told) AS last FROM circles_document_editors`,
    )
    if (row === null || row.untold === 0) return null
    return row.last === null ? 0 : row.last + pauseMs
  }

  /** The line that is due, or null. */
  take(now: number): EventData<'document_edited'> | null {
    const due = this.dueAt
    if (due === null || now < due) return null
    const rows = this.#sql.all<Row>(
      `SELECT document, person, name FROM circles_document_editors WHERE told IS NULL ORDER BY document, person LIMIT ?1`,
      editorsAtOnce,
    )
    this.#sql.all(`DELETE FROM circles_document_editors WHERE told <= ?1`, now - quietMs)
    for (const { document, person } of rows) {
      this.#sql.all(
        `UPDATE circles_document_editors SET told = ?3 WHERE document = ?1 AND person = ?2`,
        ...[document, person, now],
      )
    }
    return { documents: byDocument(rows) }
  }

  /** The document is gone. */
  forget(document: string): void {
    this.#sql.all(`DELETE FROM circles_document_editors WHERE document = ?1`, document)
  }
}

function byDocument(rows: readonly Row[]): EventData<'document_edited'>['documents'] {
  const names = [...new Set(rows.map(({ document }) => document))]
  return names.map(name => ({
    name,
    by: rows.filter(({ document }) => document === name).map(({ person, name }) => ({ id: person, name })),
  }))
}
