import type { Principal } from '../../auth/principal.ts'
import { first, type Sql, type SqlRow } from '../../lib/sql.ts'
import { atLeast, type PersonRole } from '../../protocol/roles.ts'

/** A channel's own setting for a user, beside the token's role. A role makes the user a member of a private circle. */
export type MemberOverride = {
  role: PersonRole | null
  muted: boolean
  banned: boolean
  assigned: number // ms: when an owner set the role; 0: an invitation gave it, or there is none
  gone: boolean // left or removed since: the role admits nobody and grants nothing, but still limits
}

/** The role that a user's token granted when it was last used here; `revoked`: it no longer counts. */
type TokenRole = PersonRole | 'revoked'

type Row = SqlRow & {
  role: PersonRole | null
  muted: number
  banned: number
  assigned: number
  gone: number
  token: TokenRole | null
}

const columns = 'role, muted, banned, assigned, gone, token'

/** The override of a user for whom none is stored. */
export const noOverride: MemberOverride = { role: null, muted: false, banned: false, assigned: 0, gone: false }

/**
 * The users whose role a channel changed, or whom it muted or banned: one row for each. A row also has the role that the
 * user's token granted, because rights are judged while they are away, too.
 */
export class MemberRoles {
  readonly #sql: Sql
  #isEmpty: boolean // as in most channels: then no look-up is needed

  constructor(sql: Sql) {
    this.#sql = sql
    this.#isEmpty = first(sql, `SELECT 1 FROM members LIMIT 1`) === null
  }

  /** The override of a user. */
  find(user: string): MemberOverride {
    const row = this.#row(user)
    return row === null ? noOverride : read(row)
  }

  /**
   * The overrides of users who have one, in the order of their ids after one of them, up to `limit`. `isShownToAll`: only
   * those that everybody may see also if the user is not here.
   */
  all(limit: number, { after = '', isShownToAll = false } = {}): ({ user: string } & MemberOverride)[] {
    const which = isShownToAll
      ? 'role IS NOT NULL AND NOT banned AND NOT gone'
      : '(role IS NOT NULL OR muted OR banned)'
    const rows = this.#sql.all<Row & { user: string }>(
      `SELECT user, ${columns} FROM members WHERE user > ?2 AND ${which} ORDER BY user LIMIT ?1`,
      ...[limit, after],
    )
    return rows.map(row => ({ user: row.user, ...read(row) }))
  }

  /** Returns whether an override makes anybody an owner who can act as one, or anybody but one user. */
  hasOwner(besides = ''): boolean {
    const isActive = `role = 'owner' AND NOT muted AND NOT banned AND NOT gone`
    return first(this.#sql, `SELECT 1 FROM members WHERE ${isActive} AND user <> ?1`, besides) !== null
  }

  /** Stores the override of a user; deletes the row if nothing is left in it. */
  set(user: string, { role, muted, banned, assigned, gone }: MemberOverride): void {
    this.#isEmpty = false
    this.#sql.all(
      `INSERT INTO members (user, role, muted, banned, assigned, gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (user) DO UPDATE SET role = excluded.role, muted = excluded.muted, banned = excluded.banned,
        assigned = excluded.assigned, gone = excluded.gone`,
      ...[user, role, Number(muted), Number(banned), assigned, Number(gone)],
    )
    this.#deleteIfEmpty(user)
  }

  /** The role that a user's last token granted here, `revoked`, or null: not known. */
  tokenRole(user: string): TokenRole | null {
    return this.#row(user)?.token ?? null
  }

  /** Remembers the role that a user's token grants. Returns whether it is another one than was known. */
  rememberToken(user: string, token: TokenRole): boolean {
    const known = this.#row(user)
    if (known?.token === token) return false
    this.#isEmpty = false
    this.#sql.all(
      `INSERT INTO members (user, muted, banned, token) VALUES (?1, 0, 0, ?2)
        ON CONFLICT (user) DO UPDATE SET token = excluded.token`,
      ...[user, token],
    )
    this.#deleteIfEmpty(user)
    return true
  }

  /** Returns whether there is a row for this user. */
  has(user: string): boolean {
    return this.#row(user) !== null
  }

  #row(user: string): Row | null {
    if (this.#isEmpty) return null
    return first<Row>(this.#sql, `SELECT ${columns} FROM members WHERE user = ?1`, user)
  }

  #deleteIfEmpty(user: string): void {
    this.#sql.all(
      `DELETE FROM members WHERE user = ?1 AND role IS NULL AND NOT muted AND NOT banned
        AND coalesce(token, 'member') = 'member'`,
      user,
    )
  }
}

/**
 * The role a user has here now: the override's, else the token's; a muted user is a reader. A token that grants `owner`
 * always wins, so that nobody can be locked out of their own server.
 */
export function roleInForce(
  { role, inForce }: Pick<Principal, 'role' | 'inForce'>,
  override: MemberOverride,
): PersonRole {
  if (inForce !== undefined) return inForce
  if (role === 'owner') return role
  if (override.muted) return 'reader'
  if (override.role === null) return role
  return override.gone && atLeast(override.role, role) ? role : override.role
}

function read({ role, muted, banned, assigned, gone }: Row): MemberOverride {
  return { role, muted: muted !== 0, banned: banned !== 0, assigned, gone: gone !== 0 }
}
