import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { Suggestion } from '../rpc/document.ts'

/** The table of suggestions. */
export const suggestionMigration = [
  `CREATE TABLE document_suggestions (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, author TEXT NOT NULL, root TEXT NOT NULL, edits TEXT NOT NULL)`,
  `CREATE TABLE document_library (id TEXT NOT NULL)`,
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
    const known = first<{ n: number; last: number | null }>(
      this.#sql,
      `SELECT count(*) AS n, max(id) AS last FROM document_suggestions`,
    )
    if ((known?.n ?? 0) >= keptSuggestions) return null
    const id = (known?.last ?? 0) + 1
    this.#sql.all(
      `INSERT INTO document_suggestions (id, at, author, root, edits) VALUES (?1, ?2, ?3, ?4, ?5)`,
      ...[id, at, JSON.stringify(author), root, JSON.stringify(edits)],
    )
    return { id, at, author, root, edits }
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
