import { first, type Sql } from '../../lib/sql.ts'

/** SQL: the bytes of an event's data and of the files that it names, which are kept beside the log. */
export const sizeOfEvent = `(octet_length(data) + CASE WHEN instr(data, '"attachments":[{') = 0 THEN 0 ELSE (
  SELECT coalesce(sum(json_extract(value, '$.bytes')), 0) FROM json_each(data, '$.attachments')
    WHERE json_extract(value, '$.missing') IS NULL) END)`

type Stored = { seq: number; bytes: number }
const step = 5_000 // events counted at a time

/** How often the size is stored: so much is counted anew, at most, when the channel wakes up. */
export const storeAfter = { events: step, bytes: 1_000_000 }

/**
 * The size of a log: the bytes of the data of its events, and of the files that they name. It is stored from time to time and counted from there, so no
 * append sums up the table. A log of an older version, whose size was never stored, is counted step by step.
 */
export class LogSize {
  readonly #sql: Sql
  bytes: number // of the events that are counted: all but those after #from, up to #to
  #from: number
  #to: number

  constructor(sql: Sql, earliest: number, head: number) {
    this.#sql = sql
    const row = first<{ value: string }>(sql, `SELECT value FROM settings WHERE key = 'log_size'`)
    const stored: Stored = row === null ? { seq: 0, bytes: 0 } : JSON.parse(row.value)
    this.bytes = stored.bytes
    this.#from = Math.max(stored.seq, earliest - 1)
    this.#to = head
    this.countMore()
  }

  /** Are all events counted? */
  get isComplete(): boolean {
    return this.#from >= this.#to
  }

  /** Counts some more of the events that are not counted yet. */
  countMore(): void {
    if (this.isComplete) return
    const to = Math.min(this.#from + step, this.#to)
    this.bytes += this.#sum(`seq > ?1 AND seq <= ?2`, this.#from, to)
    this.#from = to
  }

  /** The bytes of those of these events that are counted. */
  countedIn(where: string, value: number): number {
    return this.#sum(`${where} AND (seq <= ?2 OR seq > ?3)`, value, this.#from, this.#to)
  }

  /** Stores the size. `head`: of the log. */
  store(head: number): void {
    const stored: Stored = { seq: this.isComplete ? head : this.#from, bytes: this.bytes }
    if (!this.isComplete) stored.bytes -= this.#sum(`seq > ?1 AND seq <= ?2`, this.#to, head)
    this.#sql.all(
      `INSERT INTO settings (key, value) VALUES ('log_size', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      JSON.stringify(stored),
    )
  }

  #sum(where: string, ...values: number[]): number {
    const found = first<{ bytes: number }>(
      this.#sql,
      `SELECT coalesce(sum(${sizeOfEvent}), 0) AS bytes FROM events WHERE ${where}`,
      ...values,
    )
    return found?.bytes ?? 0
  }
}
