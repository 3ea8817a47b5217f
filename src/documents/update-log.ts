import { createDecoder, hasContent, readVarUint8Array } from 'lib0/decoding'
import { createEncoder, toUint8Array, writeVarUint } from 'lib0/encoding'
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

/** How often the snapshot has got another tail. */
export const tailMigration = [`ALTER TABLE circles_document_heads ADD COLUMN tails INTEGER NOT NULL DEFAULT 0`]

const largeBytes = 262_144 // a smaller snapshot is written anew at little cost
const tailShare = 0.25 // of the snapshot, at most
const tailsAtMost = 8 // then the snapshot is written anew, which loses what was deleted since

type Kind = 'snapshot' | 'tail' | 'updates'
type Row = SqlRow & { kind: Kind; format: number; ends: number; bytes: ArrayBuffer }

/** The stored updates of one document: a snapshot of its state, its tail (what was added until the last compaction), and what came after. */
export class UpdateLog {
  readonly #sql: Sql
  rows = 0 // with updates after the last compaction …
  bytes = 0 // … their bytes …
  updates = 0 // … and how many they are
  snapshotBytes = 0
  tailBytes = 0

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

  /** The state vector that a new tail is to begin at, or null: a new snapshot is due. */
  get tailFrom(): Uint8Array | null {
    if (this.snapshotBytes < largeBytes || this.tailBytes + this.bytes > tailShare * this.snapshotBytes) return null
    const { tails } = first<{ tails: number }>(this.#sql, `SELECT tails FROM circles_document_heads`) ?? { tails: 0 }
    return tails >= tailsAtMost ? null : this.vector
  }

  /** Replaces what came after the snapshot, in one transaction, by what the document has beyond it. */
  replaceTail(tail: Uint8Array): void {
    const { snapshotBytes } = this
    this.#sql.transaction(() => {
      this.#sql.all(`DELETE FROM document_updates WHERE kind <> 'snapshot'`)
      this.#forget()
      this.snapshotBytes = snapshotBytes
      this.#write('tail', [tail])
      this.#sql.all(`UPDATE circles_document_heads SET tails = tails + 1`)
    })
  }

  /** Replaces everything by the document's state, and keeps its state vector, in one transaction. */
  replace(state: Uint8Array, vector: Uint8Array): void {
    this.#sql.transaction(() => {
      this.#sql.all(`DELETE FROM document_updates`)
      this.#forget()
      this.#write('snapshot', [state])
      this.#sql.all(
        `INSERT INTO circles_document_heads (only, bytes, vector, tails) VALUES (1, ?1, ?2, 0)
          ON CONFLICT (only) DO UPDATE SET bytes = excluded.bytes, vector = excluded.vector, tails = 0`,
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
    const parts = framed(updates)
    parts.forEach((part, index) => {
      const ends = index === parts.length - 1 ? 1 : 0
      this.#sql.all(
        `INSERT INTO document_updates (kind, format, ends, bytes) VALUES (?1, ?2, ?3, ?4)`,
        ...[kind, format, ends, part.buffer],
      )
      this.#count(kind, part.byteLength)
    })
  }

  #count(kind: Kind, bytes: number): void {
    if (kind === 'snapshot') this.snapshotBytes += bytes
    else if (kind === 'tail') this.tailBytes += bytes
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
    this.tailBytes = 0
  }
}

/** Updates, each after its length, in parts for rows. Each byte is copied once: a state has millions. */
function framed(updates: readonly Uint8Array[]): Uint8Array<ArrayBuffer>[] {
  const pieces = updates.flatMap(update => [lengthOf(update), update])
  let left = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0)
  const parts = Array.from({ length: Math.ceil(left / partBytes) }, () => {
    const part = new Uint8Array(Math.min(partBytes, left))
    left -= part.byteLength
    return part
  })
  let at = 0
  for (const piece of pieces) {
    for (let start = 0; start < piece.byteLength; ) {
      const part = parts[Math.floor(at / partBytes)]
      const copied = piece.subarray(start, start + partBytes - (at % partBytes))
      part?.set(copied, at % partBytes)
      start += copied.byteLength
      at += copied.byteLength
    }
  }
  return parts
}

function lengthOf({ byteLength }: Uint8Array): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, byteLength)
  return toUint8Array(encoder)
}

function unframed(value: Uint8Array): Uint8Array[] {
  const decoder = createDecoder(value)
  const updates: Uint8Array[] = []
  while (hasContent(decoder)) updates.push(readVarUint8Array(decoder))
  return updates
}
