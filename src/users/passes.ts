import { migrate } from '../lib/migrations.ts'
import { first, type Sql } from '../lib/sql.ts'
import type { ChannelName } from '../protocol/channels.ts'

/** Where a token is shown: a channel, or the figures of the deployment. */
export type Shown = ChannelName | 'deployment:stats'

/** A token as it is shown at a channel's door: when it was issued and when it ends (ms since the Unix epoch). */
export type Pass = { channel: Shown; issued: number; expires: number }

/** A channel that has yet to hear that tokens issued until `before` count no more. */
export type Owed = { channel: Shown; before: number }

const schema = [
  [
    `CREATE TABLE passes (
      channel TEXT PRIMARY KEY,
      until INTEGER NOT NULL, -- ms: the end of the last token that was shown there
      owed INTEGER -- ms: the revocation it has yet to hear of, null if none
    ) WITHOUT ROWID`,
    `CREATE TABLE revoked (only INTEGER PRIMARY KEY CHECK (only = 1), at INTEGER NOT NULL)`,
  ],
]

/** Where a user's tokens were shown, so that a revocation reaches every open socket; and since when they count. */
export class Passes {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
    migrate(sql, schema)
  }

  /** Is this token good, as far as revocations go? If so, its channel is remembered until it ends. */
  show({ channel, issued, expires }: Pass): boolean {
    const revoked = first<{ at: number }>(this.#sql, `SELECT at FROM revoked`)?.at ?? null
    if (revoked !== null && issued <= revoked) return false
    const known = first<{ until: number }>(this.#sql, `SELECT until FROM passes WHERE channel = ?1`, channel)
    if (known !== null && known.until >= expires) return true // no row is written for a token that was shown before
    this.#sql.all(
      `INSERT INTO passes (channel, until) VALUES (?1, ?2) ON CONFLICT (channel) DO UPDATE SET until = excluded.until`,
      channel,
      expires,
    )
    return true
  }

  /** No token that was issued until now counts any more. */
  revoke(now: number): void {
    this.#sql.transaction(() => {
      this.#sql.all(`INSERT INTO revoked (only, at) VALUES (1, ?1) ON CONFLICT (only) DO UPDATE SET at = ?1`, now)
      this.#sql.all(`DELETE FROM passes WHERE until <= ?1`, now)
      this.#sql.all(`UPDATE passes SET owed = ?1`, now)
    })
  }

  owed(): Owed[] {
    return this.#sql
      .all<{ channel: Shown; owed: number }>(`SELECT channel, owed FROM passes WHERE owed IS NOT NULL`)
      .map(({ channel, owed }) => ({ channel, before: owed }))
  }

  /** The channel has heard of it. */
  told({ channel, before }: Owed): void {
    this.#sql.all(`UPDATE passes SET owed = NULL WHERE channel = ?1 AND owed <= ?2`, channel, before)
  }
}
