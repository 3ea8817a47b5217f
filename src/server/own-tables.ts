import type { Sql, SqlRow, SqlValue } from '../lib/sql.ts'
import type { Component } from '../rooms/component.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'

type ExportedRow = { table: string; row: Record<string, unknown> }

/** The tables of a circle's own code: its migrations, and those of its tables that an export holds. */
export function ownTables(migrations: readonly string[], exported: readonly string[]): ComponentDefinition {
  const wrong = exported.find(table => !/^[A-Za-z_]\w*$/.test(table))
  if (wrong !== undefined) throw new Error(`"${wrong}" in exportedTables is not the name of a table.`)
  return {
    name: 'own',
    migrations: migrations.map(statement => [statement]),
    create: ({ sql }) => (exported.length === 0 ? {} : new OwnTables(sql, exported)),
  }
}

class OwnTables implements Component {
  readonly #sql: Sql
  readonly #tables: readonly string[]

  constructor(sql: Sql, tables: readonly string[]) {
    this.#sql = sql
    this.#tables = tables
  }

  *exportRows(): Generator<ExportedRow> {
    for (const table of this.#tables) {
      for (const row of this.#sql.all(`SELECT * FROM ${table}`)) yield { table, row: toJson(row) }
    }
  }

  importRows(rows: Iterable<object>): void {
    for (const table of this.#tables) this.#sql.all(`DELETE FROM ${table}`)
    for (const { table, row } of rows as Iterable<ExportedRow>) {
      if (!this.#tables.includes(table)) throw new Error(`expected a row of ${this.#tables.join(', ')}, got ${table}`)
      const columns = Object.keys(row).map(name => `"${name.replaceAll('"', '""')}"`)
      const places = columns.map((_, index) => `?${index + 1}`)
      const values = Object.values(row).map(fromJson)
      this.#sql.all(`INSERT INTO ${table} (${columns.join()}) VALUES (${places.join()})`, ...values)
    }
  }
}

function toJson(row: SqlRow): Record<string, unknown> {
  const entries = Object.entries(row).map(([name, value]) => {
    if (value === null || typeof value !== 'object') return [name, value]
    return [name, { hex: Array.from(new Uint8Array(value), byte => byte.toString(16).padStart(2, '0')).join('') }]
  })
  return Object.fromEntries(entries)
}

function fromJson(value: unknown): SqlValue {
  if (typeof value !== 'object' || value === null) return value as SqlValue
  const bytes = ((value as { hex?: string }).hex ?? '').match(/../g) ?? []
  return Uint8Array.from(bytes, byte => Number.parseInt(byte, 16)).buffer
}
