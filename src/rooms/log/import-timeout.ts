import { first, type Sql } from '../../lib/sql.ts'
import type { Changed, Component } from '../component.ts'
import { nothing, type Outcome } from '../outcome.ts'
import type { ComponentDefinition } from '../tables.ts'
import { Archive } from './archive.ts'

const idleMs = 600_000 // after its last step, an import that was not finished is deleted
const key = 'arriving_at' // ms: of the last step

/** Deletes what an import collected that nobody finished. */
export class ImportTimeout implements Component {
  readonly #sql: Sql
  readonly #changed: Changed
  #at: number | null // of the last step

  constructor({ sql, openedAt }: { sql: Sql; openedAt: number }, changed: Changed) {
    this.#sql = sql
    this.#changed = changed
    const isArriving = this.#read('arriving') !== null
    this.#at = isArriving ? Number(this.#read(key) ?? openedAt) : null
    if (isArriving && this.#read(key) === null) this.#store(openedAt) // it began before times were kept
  }

  nextAlarm(): number | null {
    return this.#at === null ? null : this.#at + idleMs
  }

  onAlarm(now: number): Outcome {
    if (this.#at !== null && now >= this.#at + idleMs) {
      new Archive(this.#sql).clear()
      this.ended()
    }
    return nothing
  }

  /** An import began or went on. */
  stepped(now: number): void {
    this.#store(now)
    this.#at = now
    this.#changed()
  }

  /** The import is over. */
  ended(): void {
    this.#sql.all(`DELETE FROM settings WHERE key = ?1`, key)
    this.#at = null
    this.#changed()
  }

  #read(name: string): string | null {
    return first<{ value: string }>(this.#sql, `SELECT value FROM settings WHERE key = ?1`, name)?.value ?? null
  }

  #store(at: number): void {
    this.#sql.all(
      `INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
      key,
      `${at}`,
    )
  }
}

/** Ends imports that nobody finishes. */
export const importTimeout: ComponentDefinition = {
  name: 'import-timeout',
  create: (context, changed) => new ImportTimeout(context, changed),
}
