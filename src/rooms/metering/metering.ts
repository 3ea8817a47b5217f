import { first, type Sql } from '../../lib/sql.ts'
import type { Changed, Component } from '../component.ts'
import type { RoomContext } from '../context.ts'
import { nothing, type Outcome } from '../outcome.ts'
import type { ComponentDefinition } from '../tables.ts'
import { type Ledger, newest } from './ledger.ts'

const pauseMs = 500 // between two checks whether a row is worth it: a thousand requests cost as much as 1.5 rows

type Context = Pick<RoomContext, 'meter' | 'ledgers' | 'sql' | 'log'>

/** Stores the meter's ledger in a row now and then, beside the copy on a socket. */
class Metering implements Component {
  readonly #context: Pick<RoomContext, 'meter' | 'sql' | 'log'>
  #nextCheck = 0 // ms

  /** Restores the newest copy, unless the meter did so already: it outlives a room that is opened again. */
  constructor({ meter, ledgers, sql, log }: Context, changed: Changed) {
    this.#context = { meter, sql, log }
    meter.onOther = changed
    if (meter.isOpen) return
    const row = readLedger(sql)
    const latest = newest([row, ...ledgers])
    if (latest !== null) meter.restore(latest, row, log.head)
  }

  /** Writes the row if that is worth it, and when a channel was just created. */
  afterRun(now: number): Outcome {
    const { meter, sql, log } = this.#context
    if (meter.isOpen && (!meter.mayWriteRow || now < this.#nextCheck)) return nothing
    this.#nextCheck = now + pauseMs
    const ledger = meter.ledger(now, log.head)
    if (meter.isOpen && !meter.isWorthRow(ledger)) return nothing
    writeLedger(sql, ledger)
    meter.rowWritten(ledger)
    return nothing
  }

  onDelete(now: number): void {
    this.#context.meter.reset(now)
  }
}

function readLedger(sql: Sql): Ledger | null {
  const row = first<{ ledger: string }>(sql, `SELECT ledger FROM meter`)
  return row === null ? null : (JSON.parse(row.ledger) as Ledger) // only this file writes it
}

function writeLedger(sql: Sql, ledger: Ledger): void {
  sql.all(
    `INSERT INTO meter (only, ledger) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET ledger = excluded.ledger`,
    JSON.stringify(ledger),
  )
}

/** Counts what the platform bills. */
export const metering: ComponentDefinition = {
  name: 'metering',
  migrations: [
    [`CREATE TABLE IF NOT EXISTS meter (only INTEGER PRIMARY KEY CHECK (only = 1), ledger TEXT NOT NULL)`], // JSON
  ],
  create: (context, changed) => new Metering(context, changed),
}
