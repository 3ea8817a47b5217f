import { first, type Sql } from '../lib/sql.ts'

/** Uses a ticket up, in the table `tickets` of the object that it opens; false if that happened before. Used tickets are forgotten once they would have ended anyway. */
export function consumeTicket(sql: Sql, { id, expires }: { id: string; expires: number }, now: number): boolean {
  if (first(sql, `SELECT 1 FROM tickets WHERE id = ?1`, id) !== null) return false
  sql.all(`DELETE FROM tickets WHERE expires < ?1`, now)
  sql.all(`INSERT INTO tickets (id, expires) VALUES (?1, ?2)`, id, expires)
  return true
}
