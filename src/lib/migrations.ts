import { first, type Sql } from './sql.ts'

/** Has anything ever been written here? Looking does not bring a channel into being. */
export function isEmpty(sql: Sql): boolean {
  return first(sql, `SELECT 1 FROM sqlite_master WHERE name = 'schema_version'`) === null
}

/** Brings the tables up to date: runs the steps that were not run here yet. The list only ever grows at its end. */
export function migrate(sql: Sql, steps: readonly (readonly string[])[]): void {
  if (isEmpty(sql)) {
    sql.all(`CREATE TABLE schema_version (version INTEGER NOT NULL)`)
    sql.all(`INSERT INTO schema_version VALUES (0)`)
  }
  const done = first<{ version: number }>(sql, `SELECT version FROM schema_version`)?.version ?? 0
  if (done === steps.length) return
  sql.transaction(() => {
    for (const statement of steps.slice(done).flat()) sql.all(statement)
    sql.all(`UPDATE schema_version SET version = ?1`, steps.length)
  })
}
