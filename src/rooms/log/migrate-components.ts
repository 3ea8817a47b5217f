import { runStep } from '../../lib/migrations.ts'
import { first, type Sql, type SqlRow } from '../../lib/sql.ts'

type Migrated = { name: string; migrations?: readonly (readonly string[])[] }
type Row = SqlRow & { components: string | null }

/** Brings the tables of components up to date. Each numbers its steps under its own name, and only ever adds to them. */
export function migrateComponents(sql: Sql, components: readonly Migrated[]): void {
  const stored = first<Row>(sql, `SELECT components FROM schema_version`)?.components ?? '{}'
  const versions = new Map<string, number>(Object.entries(JSON.parse(stored)))
  const pending = components.flatMap(({ name, migrations = [] }) => {
    const version = versions.get(name) ?? 0
    versions.set(name, migrations.length)
    return migrations.slice(version).flat()
  })
  if (pending.length === 0) return
  const migrated = components.filter(({ migrations = [] }) => migrations.length > 0).map(({ name }) => name)
  const kept = [...versions].filter(([name, version]) => migrated.includes(name) || version > 0)
  sql.transaction(() => {
    for (const statement of pending) runStep(sql, statement)
    sql.all(`UPDATE schema_version SET components = ?1`, JSON.stringify(Object.fromEntries(kept)))
  })
}
