import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import type { Attachment } from '../../protocol/files.ts'
import type { FileContent } from '../../rpc/files.ts'

/** Migrations of the tables in which a circle keeps what is known of its files. */
export const fileMigrations = [
  [
    // user: who uploaded it; base: the address of the deployment, as it was uploaded; content: JSON: what was found out
    // about its bytes; null: they have not all come yet; seq: of the message that names it, or null; due: ms: when its bytes
    // are deleted, unless a message names it before; null: not.
    `CREATE TABLE circles_files (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      user TEXT NOT NULL,
      base TEXT NOT NULL,
      content TEXT,
      seq INTEGER,
      due INTEGER
    ) WITHOUT ROWID`,
    `CREATE INDEX circles_files_by_seq ON circles_files (seq) WHERE seq IS NOT NULL`,
    `CREATE INDEX circles_files_by_due ON circles_files (due) WHERE due IS NOT NULL`,
    `CREATE TABLE circles_files_folder (id TEXT NOT NULL, secret TEXT NOT NULL)`,
  ],
]

/** A file, and who may name it. `seq`: of the message that does; null: none. */
export type StoredFile = { file: Attachment; user: string; base: string; seq: number | null }

type NewFile = { id: string; name: string; bytes: number; user: string; base: string }
type Row = SqlRow & {
  id: string
  name: string
  bytes: number
  user: string
  base: string
  content: string | null
  seq: number | null
}

/** Where the files of a circle are in the bucket, and what its addresses are signed with. */
export type Folder = { id: string; secret: string }

/** What a circle knows of its files; their bytes are in a bucket. */
export class FileStore {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Begins an upload. */
  add({ id, name, bytes, user, base }: NewFile, due: number): void {
    this.#sql.all(
      `INSERT INTO circles_files (id, name, bytes, user, base, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
      ...[id, name, bytes, user, base, due],
    )
  }

  /** Ends an upload of this user; returns false if there is none. */
  finish(id: string, user: string, content: FileContent): boolean {
    const found = this.#sql.all(
      `UPDATE circles_files SET content = ?3 WHERE id = ?1 AND user = ?2 AND content IS NULL AND due > 0 RETURNING id`,
      ...[id, user, JSON.stringify(content)],
    )
    return found.length > 0
  }

  /** A file whose bytes are all there, or null. */
  find(id: string): StoredFile | null {
    const row = first<Row>(this.#sql, `SELECT * FROM circles_files WHERE id = ?1 AND content IS NOT NULL`, id)
    return row === null ? null : read(row)
  }

  /** The message with this seq names it. */
  name(id: string, seq: number): void {
    this.#sql.all(`UPDATE circles_files SET seq = ?2, due = NULL WHERE id = ?1`, id, seq)
  }

  /** How many files of a user no message names, uploads included. */
  unnamedOf(user: string): number {
    const where = `due IS NOT NULL AND due > 0 AND user = ?1`
    return first<{ n: number }>(this.#sql, `SELECT count(*) AS n FROM circles_files WHERE ${where}`, user)?.n ?? 0
  }

  /** Nobody may read a file any more; its bytes are to be deleted. */
  expire(id: string, user: string): void {
    this.#sql.all(
      `UPDATE circles_files SET content = NULL, due = 0 WHERE id = ?1 AND user = ?2 AND seq IS NULL`,
      id,
      user,
    )
  }

  /** The same for one, whatever message names it. */
  expireOne(id: string): void {
    this.#sql.all(`UPDATE circles_files SET content = NULL, seq = NULL, due = 0 WHERE id = ?1`, id)
  }

  /** The same for those that messages from a seq to before another name; returns whether there were any. */
  expireNamed(from: number, before: number): boolean {
    const where = `seq >= ?1 AND seq < ?2`
    const set = `content = NULL, seq = NULL, due = 0`
    return this.#sql.all(`UPDATE circles_files SET ${set} WHERE ${where} RETURNING id`, from, before).length > 0
  }

  /** The same for those that have waited long enough for a message that names them. */
  expireOld(now: number): void {
    this.#sql.all(`UPDATE circles_files SET content = NULL, due = 0 WHERE due > 0 AND due <= ?1`, now)
  }

  /** Some of the files (ids) whose bytes are to be deleted. */
  expired(limit: number): string[] {
    return this.#sql
      .all<{ id: string }>(`SELECT id FROM circles_files WHERE due = 0 LIMIT ?1`, limit)
      .map(({ id }) => id)
  }

  /** The bytes of these are gone. */
  remove(ids: readonly string[]): void {
    this.#sql.all(
      `DELETE FROM circles_files WHERE due = 0 AND id IN (SELECT value FROM json_each(?1))`,
      JSON.stringify(ids),
    )
  }

  /** When the next file has waited long enough (ms), or null. */
  nextDue(): number | null {
    return first<{ due: number }>(this.#sql, `SELECT min(due) AS due FROM circles_files WHERE due > 0`)?.due ?? null
  }

  /** The bytes of all files. */
  bytes(): number {
    return first<{ sum: number }>(this.#sql, `SELECT coalesce(sum(bytes), 0) AS sum FROM circles_files`)?.sum ?? 0
  }

  /** The files that messages name. */
  named(): StoredFile[] {
    return this.#sql.all<Row>(`SELECT * FROM circles_files WHERE seq IS NOT NULL`).map(read)
  }

  /** Where the files are, or null: there was never one. */
  folder(): Folder | null {
    return first<SqlRow & Folder>(this.#sql, `SELECT id, secret FROM circles_files_folder`)
  }

  /** Decides where the files are. */
  makeFolder(newId: () => string): Folder {
    const made = { id: newId(), secret: `${newId()}${newId()}` }
    this.#sql.all(`INSERT INTO circles_files_folder (id, secret) VALUES (?1, ?2)`, made.id, made.secret)
    return made
  }
}

function read({ id, name, bytes, user, base, content, seq }: Row): StoredFile {
  const { media_type, sha256, ...size } = JSON.parse(content ?? '{}') as FileContent
  return { file: { id, name, media_type, bytes, sha256, ...size }, user, base, seq }
}
