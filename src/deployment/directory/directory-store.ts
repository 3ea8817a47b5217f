import { migrate } from '../../lib/migrations.ts'
import type { Sql, SqlRow } from '../../lib/sql.ts'
import type { DirectoryEntry, IndexedCircle } from '../../rpc/directory.ts'

const schema = [
  [
    `CREATE TABLE circles (
      name TEXT PRIMARY KEY,
      title TEXT NOT NULL,
      status TEXT NOT NULL,
      visibility TEXT NOT NULL,
      default_agent TEXT,
      creator TEXT, -- user id; null: it came to exist by a visit
      created INTEGER NOT NULL -- ms since the Unix epoch
    ) WITHOUT ROWID`,
  ],
] as const

type Row = SqlRow & IndexedCircle

/** Which circles there are. Each tells of itself when it comes to exist and whenever its settings change. */
export class DirectoryStore {
  readonly #sql: Sql

  constructor(sql: Sql) {
    this.#sql = sql
    migrate(sql, schema)
  }

  put({ name, title, status, visibility, default_agent, creator }: DirectoryEntry, now: number): void {
    this.#sql.all(
      `INSERT INTO circles (name, title, status, visibility, default_agent, creator, created)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (name) DO UPDATE SET title = excluded.title, status = excluded.status,
          visibility = excluded.visibility, default_agent = excluded.default_agent, creator = excluded.creator`,
      name,
      title,
      status,
      visibility,
      default_agent,
      creator,
      now,
    )
  }

  remove(name: string): void {
    this.#sql.all(`DELETE FROM circles WHERE name = ?1`, name)
  }

  /** Circles after a name, in the order of their names. */
  after(name: string, limit: number): IndexedCircle[] {
    return this.#sql.all<Row>(`SELECT * FROM circles WHERE name > ?1 ORDER BY name LIMIT ?2`, name, limit)
  }
}
