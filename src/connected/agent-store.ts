import { migrate } from '../lib/migrations.ts'
import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import { type ConnectedAgentInfo, connectedAgentLimits } from '../protocol/connected-agents.ts'
import type { ConnectedAgentEntry } from '../rpc/connected-agents.ts'

/** The tables as migration steps; the list is append-only. */
export const connectedAgentSchema = [
  [
    `CREATE TABLE agents ( -- of the list all of them, of an agent's own object that one
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      description TEXT NOT NULL,
      circle TEXT, -- the only one it is in; null: all
      observe INTEGER NOT NULL,
      creator TEXT NOT NULL, -- user id
      key_hash TEXT -- of an agent's own object
    ) WITHOUT ROWID`,
    `CREATE TABLE waiting (channel TEXT PRIMARY KEY) WITHOUT ROWID`, // where turns wait until the agent connects
  ],
] as const

type Row = SqlRow & Omit<ConnectedAgentEntry, 'observe'> & { observe: number; key_hash: string | null }

/** The tables of an agent that connects, and of the list of them. */
export class ConnectedAgentStore {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
    migrate(sql, connectedAgentSchema)
  }

  /** Adds an agent to the list. `full`: its circle, or the deployment, has as many as it may. */
  add(entry: ConnectedAgentEntry): 'added' | 'taken' | 'full' {
    if (this.find(entry.id) !== null) return 'taken'
    if (this.#count(entry.circle) >= connectedAgentLimits.agents_per_circle) return 'full'
    this.put(entry, null)
    return 'added'
  }

  /** Stores an agent. `keyHash`: of the key that connects it; null: as it was. */
  put(entry: ConnectedAgentEntry, keyHash: string | null): void {
    const { id, name, description, circle, observe, creator } = entry
    this.#sql.all(
      `INSERT INTO agents (id, name, description, circle, observe, creator, key_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,
          circle = excluded.circle, observe = excluded.observe, key_hash = coalesce(excluded.key_hash, key_hash)`,
      ...[id, name, description, circle, observe ? 1 : 0, creator, keyHash],
    )
  }

  /** The agent of this id, or null. */
  find(id: string): ConnectedAgentEntry | null {
    const row = first<Row>(this.#sql, `SELECT * FROM agents WHERE id = ?1`, id)
    return row === null ? null : read(row)
  }

  /** The only agent, of an object that keeps one, with the hash of its key; or null. */
  own(): { entry: ConnectedAgentEntry; keyHash: string } | null {
    const row = first<Row>(this.#sql, `SELECT * FROM agents WHERE key_hash IS NOT NULL LIMIT 1`)
    return row === null ? null : { entry: read(row), keyHash: row.key_hash ?? '' }
  }

  /** The agents of a circle; null: all. */
  list(circle: string | null): ConnectedAgentInfo[] {
    return this.#sql
      .all<Row>(`SELECT * FROM agents WHERE ?1 IS NULL OR circle IS NULL OR circle = ?1 ORDER BY id`, circle)
      .map(row => infoOf(read(row)))
  }

  /** Removes an agent. */
  remove(id: string): void {
    this.#sql.all(`DELETE FROM agents WHERE id = ?1`, id)
  }

  /** Remembers that turns wait for the agent in this channel. */
  wait(channel: string): void {
    this.#sql.all(`INSERT OR IGNORE INTO waiting (channel) VALUES (?1)`, channel)
  }

  /** Takes the channels in which turns wait. */
  takeWaiting(): string[] {
    return this.#sql.all<{ channel: string }>(`DELETE FROM waiting RETURNING channel`).map(({ channel }) => channel)
  }

  #count(circle: string | null): number {
    return first<{ n: number }>(this.#sql, `SELECT count(*) AS n FROM agents WHERE circle IS ?1`, circle)?.n ?? 0
  }
}

/** An agent without who made it. */
export function infoOf({ id, name, description, circle, observe }: ConnectedAgentInfo): ConnectedAgentInfo {
  return { id, name, description, circle, observe }
}

function read({ key_hash: _, observe, ...row }: Row): ConnectedAgentEntry {
  return { ...row, observe: observe === 1 }
}
