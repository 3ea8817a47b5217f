import type { RoomContext } from '../context.ts'
import { newest } from './ledger.ts'
import { LedgerStore } from './ledger-store.ts'
import type { Meter } from './meter.ts'

const pauseMs = 500 // between two looks at whether a row is worth it: a thousand requests cost as much as a row and a half

/** Keeps the meter's ledger on disk, beside the copy that lies on a socket. */
export class LedgerPersistence {
  readonly #meter: Meter
  readonly #row: LedgerStore
  #nextLook = 0 // ms

  /** Goes on from the newest copy there is, if the meter has not done so already: it outlives a room that is made anew. */
  constructor({ meter, ledgers, sql, log }: Pick<RoomContext, 'meter' | 'ledgers' | 'sql' | 'log'>) {
    this.#meter = meter
    this.#row = new LedgerStore(sql)
    if (meter.isOpen) return
    const onDisk = this.#row.read()
    const kept = newest([onDisk, ...ledgers])
    if (kept !== null) meter.restore(kept, onDisk, log.head)
  }

  /** Writes the row if that is worth it, and when a channel has come to exist. */
  persist(head: number, now: number): void {
    if (this.#meter.isOpen && (!this.#meter.mayPay || now < this.#nextLook)) return
    this.#nextLook = now + pauseMs
    const ledger = this.#meter.ledger(now, head)
    if (this.#meter.isOpen && !this.#meter.isWorthRow(ledger)) return
    this.#row.write(ledger)
    this.#meter.rowWritten(ledger)
  }
}
