import { consumeTicket } from '../../auth/ticket.ts'
import { clockToleranceMs } from '../../auth/verify-jwt.ts'
import { migrate } from '../../lib/migrations.ts'
import { first, type Sql } from '../../lib/sql.ts'
import type { Revocation, TokenRecord, TokenUse, TokenVerdict } from '../../rpc/tokens.ts'
import { allowanceTables } from './allowance-store.ts'

/** A channel that was not yet notified that a user's tokens issued until `before` (ms) are revoked. */
export type PendingRevocation = { user: string; channel: TokenUse; before: number; jurisdiction: string | null }

/** The tables as migration steps; the list is append-only. */
export const tokenSchema = [
  [
    // until: ms: when the last of the tokens used there expires; owed: ms: the revocation it was not yet notified of, or
    // null.
    `CREATE TABLE passes (
      user TEXT NOT NULL,
      channel TEXT NOT NULL,
      until INTEGER NOT NULL,
      owed INTEGER,
      PRIMARY KEY (user, channel)
    ) WITHOUT ROWID`,
    `CREATE INDEX owed ON passes (owed) WHERE owed IS NOT NULL`,
    // at: ms; never deleted: the lifetime of a token does not limit its age.
    `CREATE TABLE revoked (
      user TEXT PRIMARY KEY,
      at INTEGER NOT NULL
    ) WITHOUT ROWID`,
  ],
  [`ALTER TABLE passes ADD COLUMN shown INTEGER NOT NULL DEFAULT 0`], // ms: when a socket was last recorded here
  allowanceTables,
  [`CREATE TABLE tickets (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID`], // codes that were used
  [`ALTER TABLE passes ADD COLUMN jurisdiction TEXT`], // of the channel's object; null: none
]

/** In how many channels a user's tokens may open sockets before the first of them expire: a revocation visits them all. */
export const maxChannels = 1_000
/** How long after a revocation the tokens of the same user can be revoked again (ms). */
export const revocationPauseMs = 10_000

/** The channels in which users' tokens are in use, so that a revocation reaches every open socket; and all revocations. */
export class TokenStore {
  readonly #sql: Sql
  #isAnyRevoked: boolean // usually none is, and then no lookup is needed

  constructor(sql: Sql) {
    this.#sql = sql
    migrate(sql, tokenSchema)
    this.#isAnyRevoked = first(sql, `SELECT 1 FROM revoked LIMIT 1`) !== null
  }

  /** Returns whether each token is unrevoked, and records the channels where they open sockets, until they expire. */
  use(tokens: readonly TokenRecord[], now: number): TokenVerdict[] {
    return tokens.map(token => this.#useOne(token, now)) // one commit: nothing is awaited
  }

  /** Marks a code as used until it expires (ms); returns false if it was used before. */
  redeem(id: string, expires: number, now: number): boolean {
    return consumeTicket(this.#sql, { id, expires }, now)
  }

  /** Revokes all tokens of a user issued until now, by an issuer's clock that may be ahead of ours. */
  revoke(user: string, now: number): Revocation {
    const before = now + clockToleranceMs
    const waitMs = this.#revokedAt(user) + revocationPauseMs - before
    if (waitMs > 0) return { retryAfterMs: waitMs }
    this.#isAnyRevoked = true
    this.#sql.transaction(() => {
      this.#sql.all(
        `INSERT INTO revoked (user, at) VALUES (?1, ?2) ON CONFLICT (user) DO UPDATE SET at = ?2`,
        user,
        before,
      )
      this.#sql.all(`UPDATE passes SET owed = ?2 WHERE user = ?1 AND until > ?3`, user, before, now)
    })
    return { at: before, channels: this.pendingRevocations(user).length }
  }

  /** Returns channels that were not yet notified of a revocation, of one user or of all: the latest sockets come first. */
  pendingRevocations(user: string | null = null): PendingRevocation[] {
    return this.#sql.all<PendingRevocation>(
      `SELECT user, channel, owed AS before, jurisdiction FROM passes WHERE owed IS NOT NULL AND (?1 IS NULL OR user = ?1)
       ORDER BY shown DESC`,
      user,
    )
  }

  /** Records that a channel was notified. If it has no session of the user any more, it is forgotten. */
  confirm({ user, channel, before }: Omit<PendingRevocation, 'jurisdiction'>, isInUse: boolean): void {
    this.#sql.all(
      `DELETE FROM passes WHERE user = ?1 AND channel = ?2 AND owed <= ?3 AND shown < ?4 AND NOT ?5`,
      user,
      channel,
      before,
      before - clockToleranceMs,
      Number(isInUse),
    )
    this.#sql.all(
      `UPDATE passes SET owed = NULL WHERE user = ?1 AND channel = ?2 AND owed <= ?3`,
      user,
      channel,
      before,
    )
  }

  /** Deletes expired tokens; returns whether others remain. */
  deleteExpired(now: number): boolean {
    this.#sql.all(`DELETE FROM passes WHERE until <= ?1 AND owed IS NULL`, now)
    return first(this.#sql, `SELECT 1 FROM passes`) !== null
  }

  #useOne(token: TokenRecord, now: number): TokenVerdict {
    const { user, channel, issued, expires, opens = true, jurisdiction = null } = token
    if (issued <= this.#revokedAt(user)) return false
    if (!opens) return true
    const known = first<{ until: number; pending: number | null }>(
      this.#sql,
      `SELECT until, owed AS pending FROM passes WHERE user = ?1 AND channel = ?2`,
      user,
      channel,
    )
    // No row is written for a token that was used here before, unless the channel is just being forgotten.
    if (known !== null && known.until >= expires && known.pending === null) return true
    if (known === null && !this.#hasRoom(user, now)) return 'full'
    this.#sql.all(
      `INSERT INTO passes (user, channel, until, shown, jurisdiction) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT DO UPDATE SET until = max(until, excluded.until), shown = excluded.shown`,
      user,
      channel,
      expires,
      now,
      jurisdiction,
    )
    return true
  }

  /** Returns whether one more channel of this user can be recorded. */
  #hasRoom(user: string, now: number): boolean {
    if (!this.#isFull(user)) return true
    this.#sql.all(`DELETE FROM passes WHERE user = ?1 AND until <= ?2 AND owed IS NULL`, user, now)
    return !this.#isFull(user)
  }

  #isFull(user: string): boolean {
    const last = `SELECT 1 FROM passes WHERE user = ?1 LIMIT 1 OFFSET ?2`
    return first(this.#sql, last, user, maxChannels - 1) !== null
  }

  #revokedAt(user: string): number {
    if (!this.#isAnyRevoked) return Number.NEGATIVE_INFINITY
    const row = first<{ at: number }>(this.#sql, `SELECT at FROM revoked WHERE user = ?1`, user)
    return row?.at ?? Number.NEGATIVE_INFINITY
  }
}
