import { first, type Sql } from '../../lib/sql.ts'
import type { PersonRole } from '../../protocol/roles.ts'

/** A link that makes members. Only the hash of its code is stored. `expires` in ms; `uses` are those left. */
export type Invitation = { hash: string; role: PersonRole; expires: number; uses: number }

const maxOpen = 100 // open at a time

/** The invitations of a channel. */
export class Invitations {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
  }

  /** Stores an invitation; false if too many are open. Deletes those that have expired. */
  add({ hash, role, expires, uses }: Invitation, now: number): boolean {
    this.#sql.all(`DELETE FROM invitations WHERE expires <= ?1 OR uses <= 0`, now)
    const open = first<{ count: number }>(this.#sql, `SELECT count(*) AS count FROM invitations`)?.count ?? 0
    if (open >= maxOpen) return false
    this.#sql.all(
      `INSERT INTO invitations (hash, role, expires, uses) VALUES (?1, ?2, ?3, ?4)`,
      hash,
      role,
      expires,
      uses,
    )
    return true
  }

  /** Uses an invitation once. Returns its role, or null: there is none, it has expired, or it is used up. */
  use(hash: string, now: number): PersonRole | null {
    const row = first<{ role: PersonRole }>(
      this.#sql,
      `UPDATE invitations SET uses = uses - 1 WHERE hash = ?1 AND expires > ?2 AND uses > 0 RETURNING role`,
      hash,
      now,
    )
    return row?.role ?? null
  }

  /** Revokes all invitations. */
  clear(): void {
    this.#sql.all(`DELETE FROM invitations`)
  }
}
