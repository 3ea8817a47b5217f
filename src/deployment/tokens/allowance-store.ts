import { first, type Sql } from '../../lib/sql.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { AllowanceDraw, AllowanceGrant, AllowanceResource } from '../../rpc/tokens.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

type LimitName = keyof Limits & `${string}_${'minute' | 'day'}`

/** The limits on each resource. Two resources that name one limit are counted together. */
const limitsOn: Record<AllowanceResource, readonly LimitName[]> = {
  channels: ['channels_per_person_day'],
  turns: ['turns_per_person_day'],
  tokens: ['tokens_per_person_day'],
  bytes: ['bytes_per_person_minute', 'bytes_per_person_day'],
  imported: ['bytes_per_person_day'],
  files: ['file_bytes_per_person_day'],
  deployment_tokens: ['tokens_per_deployment_day'],
}

/** The tables of `AllowanceStore`, as a step of the registry's migrations. */
export const allowanceTables: readonly string[] = [
  // account: a user id, '' for the deployment; counter: the name of a limit; until: ms: the end of the minute or the day in
  // which it was spent.
  `CREATE TABLE spent (
    account TEXT NOT NULL,
    counter TEXT NOT NULL,
    until INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (account, counter)
  ) WITHOUT ROWID`,
  // id: of the channel's last draw: it may be repeated; at: ms.
  `CREATE TABLE draws (
    account TEXT NOT NULL,
    resource TEXT NOT NULL,
    channel TEXT NOT NULL,
    id TEXT NOT NULL,
    granted INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, resource, channel)
  ) WITHOUT ROWID`,
]

/** A counter of an account in its current minute or day. */
type Counter = { name: LimitName; until: number; spent: number; left: number }

/** What the accounts of a registry have used of their limits, in this minute and on this day (UTC). */
export class AllowanceStore {
  readonly #sql: Sql
  readonly #limits: Limits
  #cleanedAt = 0 // ms

  constructor(sql: Sql, limits: Limits) {
    this.#sql = sql
    this.#limits = limits
  }

  /** Grants what is left, at most what was asked for. A request that was granted before is not counted again. */
  draw(draws: readonly AllowanceDraw[], now: number): AllowanceGrant[] {
    if (now >= this.#cleanedAt + dayMs) this.#clean(now)
    return draws.map(draw => this.#drawOne(draw, now)) // one commit: nothing is awaited
  }

  #drawOne(draw: AllowanceDraw, now: number): AllowanceGrant {
    const { account, resource, channel, id, amount, whole = false } = draw
    const counters = limitsOn[resource].map(name => this.#counter(account, name, now))
    const left = Math.max(0, Math.min(...counters.map(one => one.left)))
    const earlier = first<{ id: string; granted: number }>(
      this.#sql,
      `SELECT id, granted FROM draws WHERE account = ?1 AND resource = ?2 AND channel = ?3`,
      account,
      resource,
      channel,
    )
    const isRepeat = earlier?.id === id
    const granted = isRepeat ? earlier.granted : whole && amount > left ? 0 : Math.min(amount, left)
    if (!isRepeat && granted > 0) this.#grant(draw, { counters, granted }, now)
    const short = counters.filter(one => one.left < amount).map(({ until }) => until - now)
    return { granted, retryAfterMs: granted >= amount ? 0 : Math.max(1, ...short) }
  }

  #counter(account: string, name: LimitName, now: number): Counter {
    const periodMs = name.endsWith('_minute') ? minuteMs : dayMs
    const until = (Math.floor(now / periodMs) + 1) * periodMs
    const stored = first<{ until: number; amount: number }>(
      this.#sql,
      `SELECT until, amount FROM spent WHERE account = ?1 AND counter = ?2`,
      account,
      name,
    )
    const spent = stored?.until === until ? stored.amount : 0
    return { name, until, spent, left: this.#limits[name] - spent }
  }

  #grant(
    { account, resource, channel, id }: AllowanceDraw,
    { counters, granted }: { counters: readonly Counter[]; granted: number },
    now: number,
  ): void {
    for (const { name, until, spent } of counters) {
      this.#sql.all(
        `INSERT INTO spent (account, counter, until, amount) VALUES (?1, ?2, ?3, ?4)
          ON CONFLICT DO UPDATE SET until = excluded.until, amount = excluded.amount`,
        account,
        name,
        until,
        spent + granted,
      )
    }
    this.#sql.all(
      `INSERT INTO draws (account, resource, channel, id, granted, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT DO UPDATE SET id = excluded.id, granted = excluded.granted, at = excluded.at`,
      account,
      resource,
      channel,
      id,
      granted,
      now,
    )
  }

  /** Deletes what no longer counts, once a day. */
  #clean(now: number): void {
    this.#cleanedAt = now
    this.#sql.all(`DELETE FROM spent WHERE until <= ?1`, now)
    this.#sql.all(`DELETE FROM draws WHERE at < ?1`, now - 2 * dayMs)
  }
}
