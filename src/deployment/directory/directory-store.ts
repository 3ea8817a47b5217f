import { migrate } from '../../lib/migrations.ts'
import type { Sql, SqlRow } from '../../lib/sql.ts'
import type { Region } from '../../protocol/channels/region.ts'
import type { DirectoryEntry, IndexedCircle } from '../../rpc/directory.ts'

/** The tables as migration steps; the list is append-only. */
export const directorySchema = [
  [
    // creator: user id; null: created by a connection; created: ms since the Unix epoch.
    `CREATE TABLE circles (
      name TEXT PRIMARY KEY,
      title TEXT NOT NULL,
      status TEXT NOT NULL,
      visibility TEXT NOT NULL,
      default_agent TEXT,
      creator TEXT,
      created INTEGER NOT NULL
    ) WITHOUT ROWID`,
  ],
  [`ALTER TABLE circles ADD COLUMN region TEXT`], // asked for when the circle was created, or null
  [`CREATE TABLE activity (channel TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID`], // ms: when it was last reported
] as const

const repeatMs = 15_000 // a channel that reports more often writes no row
const activeMs = 150_000 // after a report: a channel's pause between two, and that between two questions of a hidden page

type Row = SqlRow & Omit<IndexedCircle, 'region'> & { region: Region | null }

/** The table of all circles. Each circle reports itself when it is created and when its settings change. */
export class DirectoryStore {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
    migrate(sql, directorySchema)
  }

  /** Adds or updates a circle. */
  put({ name, title, status, visibility, default_agent, creator, region }: DirectoryEntry, now: number): void {
    this.#sql.all(
      `INSERT INTO circles (name, title, status, visibility, default_agent, creator, created, region)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
        ON CONFLICT (name) DO UPDATE SET title = excluded.title, status = excluded.status,
          visibility = excluded.visibility, default_agent = excluded.default_agent, creator = excluded.creator,
          region = excluded.region`,
      name,
      title,
      status,
      visibility,
      default_agent,
      creator,
      now,
      region ?? null,
    )
  }

  /** Removes a circle, if it is listed. */
  remove(name: string): void {
    this.#sql.all(`DELETE FROM circles WHERE name = ?1`, name)
    this.#sql.all(`DELETE FROM activity WHERE channel = ?1`, `circle:${name}`)
  }

  /** Returns the circles after a name, in the order of their names. */
  after(name: string, limit: number): IndexedCircle[] {
    const rows = this.#sql.all<Row>(`SELECT * FROM circles WHERE name > ?1 ORDER BY name LIMIT ?2`, name, limit)
    return rows.map(({ region, ...entry }) => (region === null ? entry : { ...entry, region }))
  }

  /** Takes note that something happens in a channel. */
  noteActivity(channel: string, now: number): void {
    this.#sql.all(
      `INSERT INTO activity (channel, at) VALUES (?1, ?2)
        ON CONFLICT (channel) DO UPDATE SET at = excluded.at WHERE activity.at < excluded.at - ?3`,
      ...[channel, now, repeatMs],
    )
  }

  /** Returns those of the channels in which something has happened lately. */
  activeAmong(channels: readonly string[], now: number): string[] {
    return this.#sql
      .all<{ channel: string }>(
        `SELECT activity.channel FROM json_each(?1) AS asked JOIN activity ON activity.channel = asked.value
          WHERE activity.at >= ?2 ORDER BY activity.channel`,
        ...[JSON.stringify(channels), now - activeMs],
      )
      .map(({ channel }) => channel)
  }
}
