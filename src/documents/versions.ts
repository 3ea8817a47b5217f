import { joined } from '../lib/bytes.ts'
import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { Version } from '../rpc/document.ts'
import { partBytes } from './update-log.ts'

/** The tables of versions. */
export const versionMigration = [
  `CREATE TABLE document_versions (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, name TEXT, author TEXT, bytes INTEGER NOT NULL)`,
  `CREATE TABLE document_version_parts (
    version INTEGER NOT NULL, part INTEGER NOT NULL, format INTEGER NOT NULL, bytes BLOB NOT NULL,
    PRIMARY KEY (version, part))`,
]

const format = 1 // of updates, as in the update log
const hourMs = 3_600_000
const keptHourly = 168 // a week of edits around the clock
const keptNamed = 100
const keptBytes = 268_435_456 // of all versions

/** The states of a document that are kept: one for each hour in which it was edited, and those that somebody named. */
export class Versions {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** All versions, the newest first. */
  list(): Version[] {
    return this.#sql.all<SqlRow & Version>(`SELECT id, at, name, author, bytes FROM document_versions ORDER BY id DESC`)
  }

  /** One version, or null. */
  find(id: number): Version | null {
    return first<SqlRow & Version>(
      this.#sql,
      `SELECT id, at, name, author, bytes FROM document_versions WHERE id = ?1`,
      id,
    )
  }

  /** The state of a version. Throws if its format is not known. */
  read(id: number): Uint8Array {
    const parts = this.#sql.all<SqlRow & { format: number; bytes: ArrayBuffer }>(
      `SELECT format, bytes FROM document_version_parts WHERE version = ?1 ORDER BY part`,
      id,
    )
    const wrong = parts.find(part => part.format !== format)
    if (wrong !== undefined) throw new Error(`expected a version of format ${format}, got ${wrong.format}`)
    return joined(parts.map(({ bytes }) => new Uint8Array(bytes)))
  }

  /** When the next version is kept, if the document is edited then (ms). */
  get dueAt(): number {
    const last = first<{ at: number }>(this.#sql, `SELECT at FROM document_versions ORDER BY id DESC LIMIT 1`)
    return last === null ? Number.NEGATIVE_INFINITY : last.at + hourMs
  }

  /** Keeps a state, or returns null: there are as many with a name as there may be. */
  keep(state: Uint8Array, { name, author }: Pick<Version, 'name' | 'author'>, now: number): Version | null {
    if (name !== null && this.#count(`name IS NOT NULL`) >= keptNamed) return null
    return this.#sql.transaction(() => {
      const id = (first<{ id: number }>(this.#sql, `SELECT max(id) AS id FROM document_versions`)?.id ?? 0) + 1
      const values = [id, now, name, author, state.byteLength]
      this.#sql.all(
        `INSERT INTO document_versions (id, at, name, author, bytes) VALUES (?1, ?2, ?3, ?4, ?5)`,
        ...values,
      )
      for (let part = 0; part * partBytes < state.byteLength; part++) {
        const bytes = state.slice(part * partBytes, (part + 1) * partBytes)
        this.#sql.all(
          `INSERT INTO document_version_parts (version, part, format, bytes) VALUES (?1, ?2, ?3, ?4)`,
          ...[id, part, format, bytes.buffer as ArrayBuffer],
        )
      }
      this.#trim()
      return { id, at: now, name, author, bytes: state.byteLength }
    })
  }

  /** Deletes a version. */
  remove(id: number): void {
    this.#sql.all(`DELETE FROM document_version_parts WHERE version = ?1`, id)
    this.#sql.all(`DELETE FROM document_versions WHERE id = ?1`, id)
  }

  /** Deletes everything. */
  clear(): void {
    for (const { id } of this.list()) this.remove(id)
  }

  /** The oldest without a name go first: those beyond a week of hours, and beyond the room for all. */
  #trim(): void {
    const unnamed = this.list().filter(({ name }) => name === null)
    for (const { id } of unnamed.slice(keptHourly)) this.remove(id)
    let bytes = this.list().reduce((sum, version) => sum + version.bytes, 0)
    for (const version of unnamed.slice(1, keptHourly).toReversed()) {
      if (bytes <= keptBytes) return
      this.remove(version.id)
      bytes -= version.bytes
    }
  }

  #count(condition: string): number {
    return first<{ n: number }>(this.#sql, `SELECT count(*) AS n FROM document_versions WHERE ${condition}`)?.n ?? 0
  }
}
