import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { Move } from './ids.ts'
import { followed, type Position, type UndoPiece } from './undo.ts'

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
    return row === null ? null : { author, root: row.root, pieces: piecesOf(row) }
  }

  /** What one edit deleted is there again under other ids: those before it may have inserted it. */
  follow({ id, root }: { id: number; root: string }, moves: readonly Move[]): void {
    if (moves.length === 0) return
    const before = this.#sql.all<SqlRow & { id: number }>(
      `SELECT id FROM document_edits WHERE id < ?1 AND root = ?2`,
      ...[id, root],
    )
    for (const one of before) {
      const row = first<Row>(this.#sql, `SELECT * FROM document_edits WHERE id = ?1`, one.id) // one at a time: they may be large
      if (row === null) continue
      const pieces = JSON.stringify(piecesOf(row).map(piece => followed(piece, moves)))
      if (pieces !== row.pieces) this.#sql.all(`UPDATE document_edits SET pieces = ?2 WHERE id = ?1`, one.id, pieces)
    }
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

/** Rows of before decision 0181 have the ids of one insertion, and none of what was deleted. */
type StoredPiece = UndoPiece | { position: Position; deleted: string; client: number; clock: number; length: number }

function piecesOf({ pieces }: Row): UndoPiece[] {
  return (JSON.parse(pieces) as StoredPiece[]).map(piece => {
    if ('inserted' in piece) return piece
    const { position, deleted, client, clock, length } = piece
    return { position, deleted, gone: [], inserted: length === 0 ? [] : [[client, clock, length]] }
  })
}
