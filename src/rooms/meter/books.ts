import type { Parts } from '../parts.ts'
import { newest } from './ledger.ts'
import { LedgerRow } from './ledger-row.ts'
import type { Meter } from './meter.ts'

const pauseMs = 500 // between two looks at whether a row is worth it: a thousand requests cost as much as a row and a half

/** Keeps the meter's ledger on disk, beside the copy that lies on a socket. */
export class Books {
  readonly #meter: Meter
  readonly #row: LedgerRow
  #nextLook = 0 // ms

  /** Goes on from the newest copy there is, if the meter has not done so already: it outlives a room that is made anew. */
  constructor({ meter, ledgers, sql, log }: Pick<Parts, 'meter' | 'ledgers' | 'sql' | 'log'>) {
    this.#meter = meter
    this.#row = new LedgerRow(sql)
    if (meter.isOpen) return
    const onDisk = this.#row.read()
    const kept = newest([onDisk, ...ledgers])
    if (kept !== null) meter.recall(kept, onDisk, log.head)
  }

  /** Writes the row if that is worth it, and when a channel has come to exist. */
  keep(head: number, now: number): void {
    if (this.#meter.isOpen && (!this.#meter.mayPay || now < this.#nextLook)) return
    this.#nextLook = now + pauseMs
    const ledger = this.#meter.ledger(now, head)
    if (this.#meter.isOpen && !this.#meter.isWorthRow(ledger)) return
    this.#row.write(ledger)
    this.#meter.rowWritten(ledger)
  }
}
