import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { Suggestion } from '../rpc/document.ts'

/** The table of suggestions. */
export const suggestionMigration = [
  `CREATE TABLE document_suggestions (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, author TEXT NOT NULL, root TEXT NOT NULL, edits TEXT NOT NULL)`,
  `CREATE TABLE document_library (id TEXT NOT NULL)`,
]

/** The number of the last suggestion: one that was decided leaves no number to another. */
export const suggestionNumberMigration = [
  `CREATE TABLE circles_suggestion_number (only INTEGER PRIMARY KEY CHECK (only = 1), last INTEGER NOT NULL)`,
]

const keptSuggestions = 100

type Row = SqlRow & { id: number; at: number; author: string; root: string; edits: string }

/** The edits of a document that wait for somebody to accept or reject them. */
export class Suggestions {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** All of them, the oldest first. */
  list(): Suggestion[] {
    return this.#sql.all<Row>(`SELECT * FROM document_suggestions ORDER BY id`).map(suggestionOf)
  }

  /** One of them, or null. */
  find(id: number): Suggestion | null {
    const row = first<Row>(this.#sql, `SELECT * FROM document_suggestions WHERE id = ?1`, id)
    return row === null ? null : suggestionOf(row)
  }

  /** Adds one, or returns null: too many wait already. */
  add({ at, author, root, edits }: Omit<Suggestion, 'id'>): Suggestion | null {
    const waiting = first<{ n: number }>(this.#sql, `SELECT count(*) AS n FROM document_suggestions`)
    if ((waiting?.n ?? 0) >= keptSuggestions) return null
    const id = this.#lastId() + 1
    this.#sql.all(`INSERT OR REPLACE INTO circles_suggestion_number (only, last) VALUES (1, ?1)`, id)
    this.#sql.all(
      `INSERT INTO document_suggestions (id, at, author, root, edits) VALUES (?1, ?2, ?3, ?4, ?5)`,
      ...[id, at, JSON.stringify(author), root, JSON.stringify(edits)],
    )
    return { id, at, author, root, edits }
  }

  #lastId(): number {
    const numbers = `SELECT last FROM circles_suggestion_number UNION ALL SELECT max(id) FROM document_suggestions`
    return first<{ last: number | null }>(this.#sql, `SELECT max(last) AS last FROM (${numbers})`)?.last ?? 0
  }

  /** Deletes one: it was accepted or rejected. */
  remove(id: number): void {
    this.#sql.all(`DELETE FROM document_suggestions WHERE id = ?1`, id)
  }

  /** Deletes all of them. */
  clear(): void {
    this.#sql.all(`DELETE FROM document_suggestions`)
  }
}

function suggestionOf({ id, at, author, root, edits }: Row): Suggestion {
  return { id, at, author: JSON.parse(author), root, edits: JSON.parse(edits) }
}
