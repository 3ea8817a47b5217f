import { migrate } from '../../lib/migrations.ts'
import { first, type Sql } from '../../lib/sql.ts'
import type { TokenRecord, TokenUse } from '../../rpc/tokens.ts'

/** A channel that was not yet notified that a user's tokens issued until `before` (ms) are revoked. */
export type PendingRevocation = { user: string; channel: TokenUse; before: number }

const schema = [
  [
    `CREATE TABLE passes (
      user TEXT NOT NULL,
      channel TEXT NOT NULL,
      until INTEGER NOT NULL, -- ms: when the last of the tokens used there expires
      owed INTEGER, -- ms: the revocation it was not yet notified of, or null
      PRIMARY KEY (user, channel)
    ) WITHOUT ROWID`,
    `CREATE INDEX owed ON passes (owed) WHERE owed IS NOT NULL`,
    `CREATE TABLE revoked (
      user TEXT PRIMARY KEY,
      at INTEGER NOT NULL -- ms; never deleted: the lifetime of a token does not limit its age
    ) WITHOUT ROWID`,
  ],
]

/** The channels in which users' tokens are in use, so that a revocation reaches every open socket; and all revocations. */
export class TokenStore {
  readonly #sql: Sql
  #isAnyRevoked: boolean // usually none is, and then no lookup is needed

  constructor(sql: Sql) {
    this.#sql = sql
    migrate(sql, schema)
    this.#isAnyRevoked = first(sql, `SELECT 1 FROM revoked LIMIT 1`) !== null
  }

  /** Returns whether each token is unrevoked. Records the channel of those that are, until they expire. */
  use(tokens: readonly TokenRecord[]): boolean[] {
    return tokens.map(token => this.#useOne(token)) // one commit: nothing is awaited
  }

  /** Revokes all tokens of a user issued until now. */
  revoke(user: string, now: number): void {
    this.#isAnyRevoked = true
    this.#sql.transaction(() => {
      this.#sql.all(
        `INSERT INTO revoked (user, at) VALUES (?1, ?2) ON CONFLICT (user) DO UPDATE SET at = ?2`,
        user,
        now,
      )
      this.#sql.all(`UPDATE passes SET owed = ?2 WHERE user = ?1 AND until > ?2`, user, now)
    })
  }

  /** Returns the channels that were not yet notified of a revocation. */
  pendingRevocations(): PendingRevocation[] {
    return this.#sql.all<PendingRevocation>(`SELECT user, channel, owed AS before FROM passes WHERE owed IS NOT NULL`)
  }

  /** Records that a channel was notified. */
  confirm({ user, channel, before }: PendingRevocation): void {
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

  #useOne({ user, channel, issued, expires }: TokenRecord): boolean {
    if (issued <= this.#revokedAt(user)) return false
    // No row is written for a token that was used here before.
    this.#sql.all(
      `INSERT INTO passes (user, channel, until) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET until = excluded.until WHERE until < excluded.until`,
      user,
      channel,
      expires,
    )
    return true
  }

  #revokedAt(user: string): number {
    if (!this.#isAnyRevoked) return Number.NEGATIVE_INFINITY
    const row = first<{ at: number }>(this.#sql, `SELECT at FROM revoked WHERE user = ?1`, user)
    return row?.at ?? Number.NEGATIVE_INFINITY
  }
}
