import type { Sql } from '../lib/sql.ts'
import type { Attachment } from '../rooms/sessions/attachment.ts'

/** The snapshots of the whole room that stand on a relay's socket. */
export type Snapshots = Pick<Attachment, 'notes' | 'ledger' | 'tally'>

/** What is kept of a relay until it is connected again after it has parked. */
export type ParkedRelay = {
  snapshots: Snapshots // that stood on its socket
  wasCalled: boolean // there is something for it
}

type Row = { relay: string; kept: string }

// kept: JSON, see ParkedRelay.
const table = `CREATE TABLE IF NOT EXISTS circles_parked_relays (
  relay TEXT PRIMARY KEY,
  kept TEXT NOT NULL
) WITHOUT ROWID`

/** The relays of a circle that are parked, by name, in its storage: it must call them, also after a crash. */
export class ParkedRelays {
  readonly #sql: Sql
  readonly #byName = new Map<string, ParkedRelay>()

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Finds those that outlived the last instance. */
  load(): ReadonlyMap<string, ParkedRelay> {
    const find = `SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'circles_parked_relays'`
    if (this.#sql.all(find).length > 0) {
      const rows = this.#sql.all<Row>('SELECT relay, kept FROM circles_parked_relays')
      for (const { relay, kept } of rows) this.#byName.set(relay, JSON.parse(kept) as ParkedRelay)
    }
    return this.#byName
  }

  get(relay: string): ParkedRelay | undefined {
    return this.#byName.get(relay)
  }

  put(relay: string, kept: ParkedRelay): void {
    if (this.#byName.size === 0) this.#sql.all(table)
    this.#byName.set(relay, kept)
    this.#sql.all(
      'INSERT OR REPLACE INTO circles_parked_relays (relay, kept) VALUES (?1, ?2)',
      relay,
      JSON.stringify(kept),
    )
  }

  remove(relay: string): void {
    if (this.#byName.delete(relay)) this.#sql.all('DELETE FROM circles_parked_relays WHERE relay = ?1', relay)
  }

  /** The storage is empty now. */
  forget(): void {
    this.#byName.clear()
  }
}
