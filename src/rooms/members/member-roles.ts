import type { Principal } from '../../auth/principal.ts'
import { first, type Sql } from '../../lib/sql.ts'
import type { PersonRole } from '../../protocol/roles.ts'

/** What a channel itself says of somebody, beside what their token grants. A role makes a member of a private circle. */
export type MemberOverride = { role: PersonRole | null; muted: boolean; banned: boolean }

type Row = { user: string; role: PersonRole | null; muted: number; banned: number }

/** Somebody of whom nothing is said. */
export const noOverride: MemberOverride = { role: null, muted: false, banned: false }

/** Whom a channel raised, lowered, muted or banned: one row for each of whom it says anything at all. */
export class MemberRoles {
  readonly #sql: Sql
  #isEmpty: boolean // as in most channels: then nobody needs to be looked up

  constructor(sql: Sql) {
    this.#sql = sql
    this.#isEmpty = first(sql, `SELECT 1 FROM members LIMIT 1`) === null
  }

  find(user: string): MemberOverride {
    if (this.#isEmpty) return noOverride
    const row = first<Row>(this.#sql, `SELECT user, role, muted, banned FROM members WHERE user = ?1`, user)
    return row === null ? noOverride : read(row)
  }

  /** Everybody of whom something is said, up to `limit`. */
  all(limit: number): ({ user: string } & MemberOverride)[] {
    const rows = this.#sql.all<Row>(`SELECT user, role, muted, banned FROM members ORDER BY user LIMIT ?1`, limit)
    return rows.map(row => ({ user: row.user, ...read(row) }))
  }

  /** Is anybody an owner by the channel's own word? */
  hasOwner(): boolean {
    return first(this.#sql, `SELECT 1 FROM members WHERE role = 'owner'`) !== null
  }

  set(user: string, { role, muted, banned }: MemberOverride): void {
    this.#isEmpty = false
    if (role === null && !muted && !banned) this.#sql.all(`DELETE FROM members WHERE user = ?1`, user)
    else
      this.#sql.all(
        `INSERT INTO members (user, role, muted, banned) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (user)
          DO UPDATE SET role = excluded.role, muted = excluded.muted, banned = excluded.banned`,
        user,
        role,
        Number(muted),
        Number(banned),
      )
  }
}

/**
 * The role somebody has here now: the channel's word before the token's, and who is muted only reads. A token that
 * grants `owner` is the deployment's word, which no channel takes back: nobody can be locked out of their own server.
 */
export function roleInForce({ role }: Principal, standing: MemberOverride): PersonRole {
  if (role === 'owner') return role
  return standing.muted ? 'reader' : (standing.role ?? role)
}

function read({ role, muted, banned }: Row): MemberOverride {
  return { role, muted: muted !== 0, banned: banned !== 0 }
}
