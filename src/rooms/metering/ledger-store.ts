import { first, type Sql } from '../../lib/sql.ts'
import type { Ledger } from './ledger.ts'

/** The ledger's copy on disk: one row, written seldom. */
export class LedgerStore {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  read(): Ledger | null {
    const row = first<{ ledger: string }>(this.#sql, `SELECT ledger FROM meter`)
    return row === null ? null : (JSON.parse(row.ledger) as Ledger) // only this file writes it
  }

  write(ledger: Ledger): void {
    this.#sql.all(
      `INSERT INTO meter (only, ledger) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET ledger = excluded.ledger`,
      JSON.stringify(ledger),
    )
  }
}
