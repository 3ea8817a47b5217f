import { failedAgain } from '../lib/retry.ts'
import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import { fits } from '../protocol/text.ts'
import type { Changed } from '../rooms/component.ts'
import { ownCodeRetries } from './own-code-retries.ts'

const payloadBytes = 16_384
const maxEntries = 1_000

/** Something that is to happen at a time. */
export type Scheduled = { id: string; name: string; payload: unknown }
type Row = SqlRow & { id: string; name: string; payload: string; failures: number; failing_since: number | null }

/** What a circle's own code has scheduled, durable, by the alarm of its object. */
export class Schedule {
  readonly #sql: Sql
  readonly #changed: Changed

  constructor(sql: Sql, changed: Changed) {
    this.#sql = sql
    this.#changed = changed
  }

  /** Stores an entry and returns its id. `at`: ms. */
  add(id: string, at: number, name: string, payload: unknown): string {
    const text = JSON.stringify(payload)
    if (!(Math.abs(at) <= 8.64e15)) throw new RangeError('room.schedule takes a time in ms, or a valid Date.')
    if (!fits(text, payloadBytes)) throw new Error(`A payload has at most ${payloadBytes} bytes of JSON.`)
    const { count } = first<{ count: number }>(this.#sql, `SELECT count(*) AS count FROM own_schedule`) ?? { count: 0 }
    if (count >= maxEntries) throw new Error(`A circle has at most ${maxEntries} entries in its schedule.`)
    this.#sql.all(`INSERT INTO own_schedule (id, due, name, payload) VALUES (?1, ?2, ?3, ?4)`, id, at, name, text)
    this.#changed()
    return id
  }

  /** Removes an entry; returns whether there was one. */
  remove(id: string): boolean {
    this.#changed()
    return this.#sql.all(`DELETE FROM own_schedule WHERE id = ?1 RETURNING id`, id).length > 0
  }

  /** When the next entry is due (ms), or null. */
  get nextDue(): number | null {
    return first<{ due: number | null }>(this.#sql, `SELECT min(due) AS due FROM own_schedule`)?.due ?? null
  }

  /** The entries that are due, in order. */
  due(now: number): Scheduled[] {
    const rows = this.#sql.all<Row>(`SELECT * FROM own_schedule WHERE due <= ?1 ORDER BY due, rowid LIMIT 100`, now)
    return rows.map(({ id, name, payload }) => ({ id, name, payload: JSON.parse(payload) }))
  }

  /** An entry failed: it is tried again, with growing pauses. Returns false if it has failed for a day, and is removed. */
  failed(id: string, now: number): boolean {
    const row = first<Row>(this.#sql, `SELECT * FROM own_schedule WHERE id = ?1`, id)
    if (row === null) return true
    this.#changed()
    const before = { failures: row.failures, failingSince: row.failing_since }
    const { due, failures, failingSince, givenUp } = failedAgain(before, ownCodeRetries, now)
    if (givenUp) return !this.remove(id)
    this.#sql.all(
      `UPDATE own_schedule SET due = ?2, failures = ?3, failing_since = ?4 WHERE id = ?1`,
      ...[id, due, failures, failingSince],
    )
    return true
  }

  /** Forgets everything. */
  clear(): void {
    this.#sql.all(`DELETE FROM own_schedule`)
    this.#changed()
  }
}
