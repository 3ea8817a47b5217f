import { first, type Sql } from './sql.ts'

/** Returns whether a database was never written to. The check creates nothing. */
export function isEmpty(sql: Sql): boolean {
  return first(sql, `SELECT 1 FROM sqlite_master WHERE name = 'schema_version'`) === null
}

/** Runs the migrations that were not run yet. The list may only be appended to. */
export function migrate(sql: Sql, steps: readonly (readonly string[])[]): void {
  if (isEmpty(sql)) {
    sql.all(`CREATE TABLE schema_version (version INTEGER NOT NULL)`)
    sql.all(`INSERT INTO schema_version VALUES (0)`)
  }
  const version = first<{ version: number }>(sql, `SELECT version FROM schema_version`)?.version ?? 0
  if (version === steps.length) return
  sql.transaction(() => {
    for (const statement of steps.slice(version).flat()) runStep(sql, statement)
    sql.all(`UPDATE schema_version SET version = ?1`, steps.length)
  })
}

/** Runs one statement of a migration; an error names it. */
export function runStep(sql: Sql, statement: string): void {
  try {
    sql.all(statement)
  } catch (error) {
    throw new Error(`${(error as Error).message} in ${statement}`, { cause: error })
  }
}
