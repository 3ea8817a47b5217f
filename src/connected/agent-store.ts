import { migrate } from '../lib/migrations.ts'
import { first, type Sql, type SqlRow } from '../lib/sql.ts'
import type { AgentAddress } from '../protocol/agent-address.ts'
import { type ConnectedAgentInfo, connectedAgentLimits } from '../protocol/connected-agents.ts'
import type { ConnectedAgentEntry } from '../rpc/connected-agents.ts'

/** The tables as migration steps; the list is append-only. */
export const connectedAgentSchema = [
  [
    // agents: of the list all of them, of an agent's own object that one; circle: the only one it is in; null: all; creator:
    // user id; key_hash: of an agent's own object.
    `CREATE TABLE agents (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      description TEXT NOT NULL,
      circle TEXT,
      observe INTEGER NOT NULL,
      creator TEXT NOT NULL,
      key_hash TEXT
    ) WITHOUT ROWID`,
    `CREATE TABLE waiting (channel TEXT PRIMARY KEY) WITHOUT ROWID`, // where turns wait until the agent connects
  ],
  [`ALTER TABLE agents ADD COLUMN address TEXT`], // JSON, with its key; of the object of an agent that is called there
] as const

type Row = SqlRow &
  Omit<ConnectedAgentEntry, 'observe'> & { observe: number; key_hash: string | null; address: string | null }

/** How an agent is reached: it connects with the key of this hash, or it is called at this address. */
export type AgentAccess = { keyHash: string; address: null } | { keyHash: null; address: AgentAddress }

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

  /** Stores an agent. `access`: how it is reached; null: as before. */
  put(entry: ConnectedAgentEntry, access: AgentAccess | null): void {
    const { id, name, description, circle, observe, creator } = entry
    this.#sql.all(
      `INSERT INTO agents (id, name, description, circle, observe, creator) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,
          circle = excluded.circle, observe = excluded.observe`,
      ...[id, name, description, circle, observe ? 1 : 0, creator],
    )
    if (access === null) return
    const address = access.address === null ? null : JSON.stringify(access.address)
    this.#sql.all(`UPDATE agents SET key_hash = ?2, address = ?3 WHERE id = ?1`, id, access.keyHash, address)
  }

  /** The agent of this id, or null. */
  find(id: string): ConnectedAgentEntry | null {
    const row = first<Row>(this.#sql, `SELECT * FROM agents WHERE id = ?1`, id)
    return row === null ? null : read(row)
  }

  /** The only agent, of an object that keeps one, with how it is reached; or null. */
  own(): ({ entry: ConnectedAgentEntry } & AgentAccess) | null {
    const row = first<Row>(this.#sql, `SELECT * FROM agents WHERE key_hash IS NOT NULL OR address IS NOT NULL LIMIT 1`)
    if (row === null) return null
    const entry = read(row)
    return row.address === null
      ? { entry, keyHash: row.key_hash ?? '', address: null }
      : { entry, keyHash: null, address: JSON.parse(row.address) }
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

function read({ key_hash: _, address: __, observe, ...row }: Row): ConnectedAgentEntry {
  return { ...row, observe: observe === 1 }
}
