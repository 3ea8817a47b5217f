import { first, type Sql } from '../../lib/sql.ts'
import type { PersonRole } from '../../protocol/roles.ts'

/** A link that makes members: its code is known to those who have it, here only the code's hash is kept. */
export type Invitation = { hash: string; role: PersonRole; expires: number; uses: number }

const most = 100 // open at a time

/** The invitations of a channel. */
export class Invitations {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Keeps an invitation; false if too many are open. Those that have ended are forgotten. */
  add({ hash, role, expires, uses }: Invitation, now: number): boolean {
    this.#sql.all(`DELETE FROM invitations WHERE expires <= ?1 OR uses <= 0`, now)
    const open = first<{ count: number }>(this.#sql, `SELECT count(*) AS count FROM invitations`)?.count ?? 0
    if (open >= most) return false
    this.#sql.all(
      `INSERT INTO invitations (hash, role, expires, uses) VALUES (?1, ?2, ?3, ?4)`,
      hash,
      role,
      expires,
      uses,
    )
    return true
  }

  /** The role an invitation gives, or null: there is none, it has ended, or it is used up. Takes one of its uses. */
  use(hash: string, now: number): PersonRole | null {
    const row = first<{ role: PersonRole }>(
      this.#sql,
      `UPDATE invitations SET uses = uses - 1 WHERE hash = ?1 AND expires > ?2 AND uses > 0 RETURNING role`,
      hash,
      now,
    )
    return row?.role ?? null
  }

  /** Takes all of them back. */
  clear(): void {
    this.#sql.all(`DELETE FROM invitations`)
  }
}
