import type { Principal } from '../../auth/principal.ts'
import { first, type Sql } from '../../lib/sql.ts'
import type { PersonRole } from '../../protocol/roles.ts'

/** A channel's own setting for a user, beside the token's role. A role makes the user a member of a private circle. */
export type MemberOverride = { role: PersonRole | null; muted: boolean; banned: boolean }

type Row = { user: string; role: PersonRole | null; muted: number; banned: number }

/** The override of a user for whom none is stored. */
export const noOverride: MemberOverride = { role: null, muted: false, banned: false }

/** The users whose role a channel changed, or whom it muted or banned: one row for each. */
export class MemberRoles {
  readonly #sql: Sql
  #isEmpty: boolean // as in most channels: then no look-up is needed

  constructor(sql: Sql) {
    this.#sql = sql
    this.#isEmpty = first(sql, `SELECT 1 FROM members LIMIT 1`) === null
  }

  /** The override of a user. */
  find(user: string): MemberOverride {
    if (this.#isEmpty) return noOverride
    const row = first<Row>(this.#sql, `SELECT user, role, muted, banned FROM members WHERE user = ?1`, user)
    return row === null ? noOverride : read(row)
  }

  /** The overrides of all users who have one, up to `limit`. */
  all(limit: number): ({ user: string } & MemberOverride)[] {
    const rows = this.#sql.all<Row>(`SELECT user, role, muted, banned FROM members ORDER BY user LIMIT ?1`, limit)
    return rows.map(row => ({ user: row.user, ...read(row) }))
  }

  /** Returns whether an override makes anybody an owner. */
  hasOwner(): boolean {
    return first(this.#sql, `SELECT 1 FROM members WHERE role = 'owner'`) !== null
  }

  /** Stores the override of a user; deletes the row if nothing is overridden. */
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
 * The role a user has here now: the override's, else the token's; a muted user is a reader. A token that grants `owner`
 * always wins, so that nobody can be locked out of their own server.
 */
export function roleInForce({ role }: Principal, override: MemberOverride): PersonRole {
  if (role === 'owner') return role
  return override.muted ? 'reader' : (override.role ?? role)
}

function read({ role, muted, banned }: Row): MemberOverride {
  return { role, muted: muted !== 0, banned: banned !== 0 }
}
