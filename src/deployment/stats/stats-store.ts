import { migrate } from '../../lib/migrations.ts'
import { first, type Sql } from '../../lib/sql.ts'
import { addCounts, zeroCounts } from '../../protocol/cost/compute.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { ChannelCounts, ChannelStats, DeploymentStats } from '../../protocol/stats.ts'
import type { ChannelReport } from '../../rpc/stats.ts'
import { addChannelCounts, zeroChannelCounts } from './counts.ts'

const schema = [
  [
    `CREATE TABLE channels (name TEXT PRIMARY KEY, kept TEXT NOT NULL) WITHOUT ROWID`, // JSON, see Kept
    `CREATE TABLE past (only INTEGER PRIMARY KEY CHECK (only = 1), since INTEGER NOT NULL, counts TEXT NOT NULL)`,
    `CREATE TABLE tickets (id TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID`,
  ],
]

/** The sum for channels without a row, and the time (ms) at which counting started. */
type Past = { since: number; counts: ChannelCounts }

/** A channel's last report. Stored as JSON, so the keys stay. */
type Kept = ChannelReport & {
  before: ChannelCounts // of its earlier counters
  at: number // ms
  saved: number // ms: when its row was written
}

const saveIntervalMs = 60_000 // if only counts changed: what a crash loses is in the next report of the same counters
const maxChannels = 2_000 // with a row; of further silent ones only the sum is kept
const silentMs = 600_000 // an empty channel without a report for this long starts new counters when it wakes

/** The figures of all channels. Each channel reports when something changes; none is polled. */
export class StatsStore {
  readonly #sql: Sql
  readonly #channels = new Map<string, Kept>()
  #past: Past

  constructor(sql: Sql, now: number) {
    this.#sql = sql
    migrate(sql, schema)
    this.#past = this.#readPast() ?? this.#savePast({ since: now, counts: zeroChannelCounts() })
    for (const { name, kept } of sql.all<{ name: string; kept: string }>(`SELECT name, kept FROM channels`)) {
      const { billed = zeroCounts(), ...rest } = JSON.parse(kept) as Kept & Partial<Pick<Kept, 'billed'>> // absent in old rows
      this.#channels.set(name, { ...rest, billed })
    }
  }

  /** Takes a channel's report. Writes a row if the number of sessions or turns changed, and otherwise once a minute. */
  report(report: ChannelReport, now: number): void {
    const known = this.#channels.get(report.channel)
    const kept: Kept = { ...report, before: beforeOf(report, known), at: now, saved: known?.saved ?? 0 }
    this.#channels.set(report.channel, kept)
    if (known === undefined) this.#evict(now)
    if (known !== undefined && hasSameLevels(known, report) && now < kept.saved + saveIntervalMs) return
    kept.saved = now
    this.#sql.all(
      `INSERT INTO channels (name, kept) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET kept = excluded.kept`,
      kept.channel,
      JSON.stringify(kept),
    )
  }

  /** Removes a deleted channel; its counts stay in the totals. */
  forget(channel: string): void {
    const kept = this.#channels.get(channel)
    if (kept === undefined) return
    this.#channels.delete(channel)
    const counts = addChannelCounts(this.#past.counts, totalOf(kept))
    this.#sql.transaction(() => {
      this.#sql.all(`DELETE FROM channels WHERE name = ?1`, channel)
      this.#past = this.#savePast({ ...this.#past, counts })
    })
  }

  /** Returns the totals, and the `limit` channels with the most sockets; among equals, the last active ones. */
  snapshot(limit: number, now: number): DeploymentStats {
    const all = [...this.#channels.values()]
    const sum = (of: (kept: Kept) => number) => all.reduce((sum, kept) => sum + of(kept), 0)
    return {
      at: timestamp(now),
      since: timestamp(this.#past.since),
      channels: all.length,
      sessions: sum(({ sessions }) => sessions),
      turns_running: sum(({ turns_running }) => turns_running),
      turns_waiting: sum(({ turns_waiting }) => turns_waiting),
      counts: all.map(totalOf).reduce(addChannelCounts, this.#past.counts),
      billed: all.map(({ billed }) => billed).reduce(addCounts, zeroCounts()),
      top: all
        .toSorted((a, b) => b.sessions - a.sessions || b.at - a.at)
        .slice(0, limit)
        .map(statsOf),
    }
  }

  #readPast(): Past | null {
    const row = first<{ since: number; counts: string }>(this.#sql, `SELECT since, counts FROM past`)
    return row === null ? null : { since: row.since, counts: JSON.parse(row.counts) as ChannelCounts }
  }

  #savePast(past: Past): Past {
    this.#sql.all(
      `INSERT INTO past (only, since, counts) VALUES (1, ?1, ?2) ON CONFLICT (only) DO UPDATE SET counts = excluded.counts`,
      past.since,
      JSON.stringify(past.counts),
    )
    return past
  }

  #evict(now: number): void {
    if (this.#channels.size <= maxChannels) return
    for (const { channel, sessions, turns_running, turns_waiting, at } of this.#channels.values()) {
      if (sessions + turns_running + turns_waiting > 0 || now < at + silentMs) continue
      this.forget(channel)
      return
    }
  }
}

function beforeOf({ tally }: ChannelReport, known: Kept | undefined): ChannelCounts {
  if (known === undefined) return zeroChannelCounts()
  return known.tally === tally ? known.before : totalOf(known)
}

function totalOf({ before, counts }: Kept): ChannelCounts {
  return addChannelCounts(before, counts)
}

function hasSameLevels(one: ChannelReport, other: ChannelReport): boolean {
  return (
    one.sessions === other.sessions &&
    one.turns_running === other.turns_running &&
    one.turns_waiting === other.turns_waiting
  )
}

function statsOf(kept: Kept): ChannelStats {
  const { channel, sessions, turns_running, turns_waiting, billed, relays, at } = kept
  const levels = { sessions, turns_running, turns_waiting }
  const behind = relays !== undefined && { relays: [...relays] }
  return { channel, ...levels, counts: totalOf(kept), billed, ...behind, active_at: timestamp(at) }
}
