import { migrate } from '../../lib/migrations.ts'
import { first, type Sql } from '../../lib/sql.ts'
import type { TokenRecord, TokenUse } from '../../rpc/tokens.ts'

/** A channel that has yet to hear that a user's tokens issued until `before` count no more. */
export type PendingRevocation = { user: string; channel: TokenUse; before: number }

const schema = [
  [
    `CREATE TABLE passes (
      user TEXT NOT NULL,
      channel TEXT NOT NULL,
      until INTEGER NOT NULL, -- ms: the end of the last token that was shown there
      owed INTEGER, -- ms: the revocation it has yet to hear of, null if none
      PRIMARY KEY (user, channel)
    ) WITHOUT ROWID`,
    `CREATE INDEX owed ON passes (owed) WHERE owed IS NOT NULL`,
    `CREATE TABLE revoked (
      user TEXT PRIMARY KEY,
      at INTEGER NOT NULL -- ms; never forgotten: how long a token lives does not say how old it may be
    ) WITHOUT ROWID`,
  ],
]

/** Where users' tokens were shown, so that a revocation reaches every open socket; and since when they count. */
export class TokenStore {
  readonly #sql: Sql
  #isAnyRevoked: boolean // mostly nobody is, and then nobody is looked up

  constructor(sql: Sql) {
    this.#sql = sql
    migrate(sql, schema)
    this.#isAnyRevoked = first(sql, `SELECT 1 FROM revoked LIMIT 1`) !== null
  }

  /** Are these tokens good, as far as revocations go? Of those that are, the channel is remembered until they end. */
  use(passes: readonly TokenRecord[]): boolean[] {
    return passes.map(pass => this.#show(pass)) // one commit: nothing is awaited
  }

  /** No token of this user that was issued until now counts any more. */
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

  /** Who has yet to hear of a revocation. */
  pendingRevocations(): PendingRevocation[] {
    return this.#sql.all<PendingRevocation>(`SELECT user, channel, owed AS before FROM passes WHERE owed IS NOT NULL`)
  }

  /** The channel has heard of it. */
  confirm({ user, channel, before }: PendingRevocation): void {
    this.#sql.all(
      `UPDATE passes SET owed = NULL WHERE user = ?1 AND channel = ?2 AND owed <= ?3`,
      user,
      channel,
      before,
    )
  }

  /** Forgets tokens that ended; says whether there are others. */
  forget(now: number): boolean {
    this.#sql.all(`DELETE FROM passes WHERE until <= ?1 AND owed IS NULL`, now)
    return first(this.#sql, `SELECT 1 FROM passes`) !== null
  }

  #show({ user, channel, issued, expires }: TokenRecord): boolean {
    if (issued <= this.#revokedAt(user)) return false
    // No row is written for a token that was shown before.
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
