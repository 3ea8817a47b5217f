import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import type { PersonRole } from '../../protocol/roles.ts'

/** A link that makes members. Only the hash of its code is stored. `uses` are those left. */
export type Invitation = {
  hash: string
  role: PersonRole
  expires: number // ms
  uses: number
  maker: string | null // user id; null: not known
  made: number // ms
}

type Row = SqlRow & Invitation

const maxOpen = 100 // open at a time
const idLength = 16 // digits of the hash: they do not help to guess the code

/** The id under which an invitation is listed and taken back. */
export function invitationId({ hash }: Pick<Invitation, 'hash'>): string {
  return hash.slice(0, idLength)
}

/** The invitations of a channel. */
export class Invitations {
  readonly #sql: Sql
  #count: number // stored, so that most rooms read none

  constructor(sql: Sql) {
    this.#sql = sql
    this.#count = first<{ count: number }>(sql, `SELECT count(*) AS count FROM invitations`)?.count ?? 0
  }

  /** Stores an invitation; false if too many are open. Deletes those that have expired. */
  add({ hash, role, expires, uses, maker, made }: Invitation, now: number): boolean {
    this.#sql.all(`DELETE FROM invitations WHERE expires <= ?1 OR uses <= 0`, now)
    this.#count = first<{ count: number }>(this.#sql, `SELECT count(*) AS count FROM invitations`)?.count ?? 0
    if (this.#count >= maxOpen) return false
    this.#sql.all(
      `INSERT INTO invitations (hash, role, expires, uses, maker, made) VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
      ...[hash, role, expires, uses, maker, made],
    )
    this.#count += 1
    return true
  }

  /** The invitation with this hash, or null: there is none, it has expired, or it is used up. */
  find(hash: string, now: number): Invitation | null {
    if (this.#count === 0) return null
    return first<Row>(
      this.#sql,
      `SELECT hash, role, expires, uses, maker, made FROM invitations WHERE hash = ?1 AND expires > ?2 AND uses > 0`,
      hash,
      now,
    )
  }

  /** Takes one use of an invitation. */
  use({ hash }: Invitation): void {
    this.#sql.all(`UPDATE invitations SET uses = uses - 1 WHERE hash = ?1`, hash)
  }

  /** The invitations that are stored, the oldest first. */
  all(): Invitation[] {
    if (this.#count === 0) return []
    return this.#sql.all<Row>(`SELECT hash, role, expires, uses, maker, made FROM invitations ORDER BY made, hash`)
  }

  /** Those that can still be used, the oldest first. */
  open(now: number): Invitation[] {
    return this.all().filter(({ expires, uses }) => expires > now && uses > 0)
  }

  /** Revokes one invitation, by its hash or its id. Returns whether there was one. */
  remove(hashOrId: string): boolean {
    const found = this.all().filter(one => one.hash === hashOrId || invitationId(one) === hashOrId)
    for (const { hash } of found) this.#sql.all(`DELETE FROM invitations WHERE hash = ?1`, hash)
    this.#count -= found.length
    return found.length > 0
  }

  /** Revokes those that one user made. */
  removeOf(maker: string): void {
    for (const one of this.all()) if (one.maker === maker) this.remove(one.hash)
  }

  /** Revokes all invitations. */
  clear(): void {
    this.#sql.all(`DELETE FROM invitations`)
    this.#count = 0
  }
}
