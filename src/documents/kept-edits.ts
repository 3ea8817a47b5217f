import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { UndoPiece } from './undo.ts'

/** The table of edits that can be undone. */
export const keptEditMigration = [
  `CREATE TABLE document_edits (id INTEGER PRIMARY KEY, author TEXT NOT NULL, root TEXT NOT NULL, pieces TEXT NOT NULL)`,
  `CREATE TABLE document_last_edit (id INTEGER NOT NULL)`,
]

const keptEdits = 100
const keptCharacters = 500_000 // of one edit: a row has 2 MB

/** An edit that was made by a request, with what takes it back. */
export type KeptEdit = { author: string; root: string; pieces: readonly UndoPiece[] }

type Row = SqlRow & { author: string; root: string; pieces: string }

/** The last edits that programs and agents made, each of which its author can undo. */
export class KeptEdits {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Keeps one; returns its number, which no other edit has had, or null: it is too large to be undone. */
  add({ author, root, pieces }: KeptEdit): number | null {
    const json = JSON.stringify(pieces)
    if (json.length > keptCharacters) return null
    const id = (first<{ id: number }>(this.#sql, `SELECT id FROM document_last_edit`)?.id ?? 0) + 1
    this.#sql.all(`DELETE FROM document_last_edit`)
    this.#sql.all(`INSERT INTO document_last_edit (id) VALUES (?1)`, id)
    this.#sql.all(
      `INSERT INTO document_edits (id, author, root, pieces) VALUES (?1, ?2, ?3, ?4)`,
      id,
      author,
      root,
      json,
    )
    this.#sql.all(`DELETE FROM document_edits WHERE id <= ?1`, id - keptEdits)
    return id
  }

  /** An edit of this author, or null. */
  find(id: number, author: string): KeptEdit | null {
    const row = first<Row>(this.#sql, `SELECT * FROM document_edits WHERE id = ?1 AND author = ?2`, id, author)
    return row === null ? null : { author, root: row.root, pieces: JSON.parse(row.pieces) }
  }

  /** Forgets one: it was undone. */
  remove(id: number): void {
    this.#sql.all(`DELETE FROM document_edits WHERE id = ?1`, id)
  }

  /** Forgets all of them. */
  clear(): void {
    this.#sql.all(`DELETE FROM document_edits`)
  }
}
