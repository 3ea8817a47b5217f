import { createDecoder, hasContent, readVarUint8Array } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarUint8Array } from 'lib0/encoding'
import { joined } from '../lib/bytes.ts'
import { first, type Sql, type SqlRow } from '../lib/sql.ts'

/** The bytes of a row at most: the platform takes 2 MB. */
export const partBytes = 1_000_000

// The bytes of a value are a list of updates, each after its length, so that storing many costs no merging. `format` is
// that of the updates, not the version of a library: 1 is the first update format of Yjs.
const format = 1

/** The table of updates. A value is one row, or several of which the last has `ends` set. */
export const updateLogMigration = [
  `CREATE TABLE document_updates (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, format INTEGER NOT NULL, ends INTEGER NOT NULL, bytes BLOB NOT NULL)`,
]

/** The table of the snapshot's state vector, which takes long to read from a large one. `bytes`: of that snapshot. */
export const headMigration = [
  `CREATE TABLE circles_document_heads (
    only INTEGER PRIMARY KEY CHECK (only = 1), bytes INTEGER NOT NULL, vector BLOB NOT NULL)`,
]

type Kind = 'snapshot' | 'updates'
type Row = SqlRow & { kind: Kind; format: number; ends: number; bytes: ArrayBuffer }

/** The stored updates of one document: a snapshot of its state, and what came after it. */
export class UpdateLog {
  readonly #sql: Sql
  rows = 0 // with updates after the snapshot …
  bytes = 0 // … their bytes …
  updates = 0 // … and how many they are
  snapshotBytes = 0

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Reads all updates, in order. Throws if they are of a format that is not known. */
  read(): Uint8Array[] {
    this.#forget()
    const updates: Uint8Array[] = []
    let parts: Uint8Array[] = []
    for (const row of this.#sql.all<Row>(`SELECT kind, format, ends, bytes FROM document_updates ORDER BY id`)) {
      const { kind, ends } = row
      if (row.format !== format) throw new Error(`expected updates of format ${format}, got ${row.format}`)
      const part = new Uint8Array(row.bytes)
      this.#count(kind, part.byteLength)
      parts.push(part)
      if (ends === 0) continue
      const value = unframed(joined(parts))
      if (kind === 'updates') this.updates += value.length
      updates.push(...value)
      parts = []
    }
    return updates
  }

  /** The state vector of the snapshot that was read or written last, or null: it is not stored. */
  get vector(): Uint8Array | null {
    const head = first<{ bytes: number; vector: ArrayBuffer }>(
      this.#sql,
      `SELECT bytes, vector FROM circles_document_heads`,
    )
    return head === null || head.bytes !== this.snapshotBytes ? null : new Uint8Array(head.vector)
  }

  /** Is anything stored? */
  get isEmpty(): boolean {
    return first(this.#sql, `SELECT 1 FROM document_updates LIMIT 1`) === null
  }

  /** Stores what came together, as one row where it fits. */
  append(updates: readonly Uint8Array[]): void {
    this.#sql.transaction(() => this.#write('updates', updates))
    this.updates += updates.length
  }

  /** Replaces everything by the document's state, and keeps its state vector, in one transaction. */
  replace(state: Uint8Array, vector: Uint8Array): void {
    this.#sql.transaction(() => {
      this.#sql.all(`DELETE FROM document_updates`)
      this.#forget()
      this.#write('snapshot', [state])
      this.#sql.all(
        `INSERT INTO circles_document_heads (only, bytes, vector) VALUES (1, ?1, ?2)
          ON CONFLICT (only) DO UPDATE SET bytes = excluded.bytes, vector = excluded.vector`,
        this.snapshotBytes,
        vector.slice().buffer,
      )
    })
  }

  /** Deletes everything. */
  clear(): void {
    this.#sql.all(`DELETE FROM document_updates`)
    this.#sql.all(`DELETE FROM circles_document_heads`)
    this.#forget()
  }

  #write(kind: Kind, updates: readonly Uint8Array[]): void {
    const value = framed(updates)
    for (let start = 0; start < value.byteLength; start += partBytes) {
      const part = value.slice(start, start + partBytes)
      const ends = start + partBytes >= value.byteLength ? 1 : 0
      this.#sql.all(
        `INSERT INTO document_updates (kind, format, ends, bytes) VALUES (?1, ?2, ?3, ?4)`,
        ...[kind, format, ends, part.buffer],
      )
      this.#count(kind, part.byteLength)
    }
  }

  #count(kind: Kind, bytes: number): void {
    if (kind === 'snapshot') this.snapshotBytes += bytes
    else {
      this.rows += 1
      this.bytes += bytes
    }
  }

  #forget(): void {
    this.rows = 0
    this.bytes = 0
    this.updates = 0
    this.snapshotBytes = 0
  }
}

function framed(updates: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const encoder = createEncoder()
  for (const update of updates) writeVarUint8Array(encoder, update)
  return toUint8Array(encoder)
}

function unframed(value: Uint8Array): Uint8Array[] {
  const decoder = createDecoder(value)
  const updates: Uint8Array[] = []
  while (hasContent(decoder)) updates.push(readVarUint8Array(decoder))
  return updates
}
