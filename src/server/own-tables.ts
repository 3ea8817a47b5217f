import * as z from 'zod/v4'
import type { Sql, SqlRow, SqlValue } from '../lib/sql.ts'
import { type Component, WrongRow } from '../rooms/component.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'

const bytes = z.strictObject({ hex: z.string().regex(/^([0-9a-f]{2})*$/) })
const exportedValue = z.union([z.string(), z.number(), bytes]).nullable()
const exportedRow = z.strictObject({ table: z.string(), row: z.object({}).catchall(exportedValue) })

type ExportedRow = z.infer<typeof exportedRow>

/** The tables of a circle's own code: its migrations, and those of its tables that an export holds. */
export function ownTables(migrations: readonly string[], exported: readonly string[]): ComponentDefinition {
  if (migrations.some(text => createsTable('circles_\\w*').test(text))) throw new Error('circles_ is reserved.')
  const wrong = exported.find(
    table => !/^[A-Za-z_]\w*$/.test(table) || !migrations.some(text => createsTable(table).test(text)),
  )
  if (wrong !== undefined) throw new Error(`no migration makes ${wrong}`)
  return {
    name: 'own',
    migrations: migrations.map(statement => [statement]),
    create: ({ sql }) => (exported.length === 0 ? {} : new OwnTables(sql, exported)),
  }
}

function createsTable(name: string): RegExp {
  return new RegExp(`\\bTABLE\\b[^;(]*\\b${name}\\b`, 'i')
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
    for (const row of rows) this.#insert(this.#checked(row))
  }

  #checked(row: object): ExportedRow {
    const parsed = exportedRow.safeParse(row)
    if (!parsed.success)
      throw new WrongRow('A row of a table is {"table", "row"} with texts, numbers, null and {"hex"}.')
    if (this.#tables.includes(parsed.data.table)) return parsed.data
    throw new WrongRow(`A row is of the table "${parsed.data.table}", which is not imported.`)
  }

  #insert({ table, row }: ExportedRow): void {
    const columns = Object.keys(row).map(name => `"${name.replaceAll('"', '""')}"`)
    const places = columns.map((_, index) => `?${index + 1}`)
    const values = Object.values(row).map(fromJson)
    try {
      this.#sql.all(`INSERT INTO ${table} (${columns.join()}) VALUES (${places.join()})`, ...values)
    } catch (error) {
      throw new WrongRow(`A row of the table "${table}" cannot be stored: ${(error as Error).message}`)
    }
  }
}

function toJson(row: SqlRow): ExportedRow['row'] {
  const entries = Object.entries(row).map(([name, value]) => {
    if (value === null || typeof value !== 'object') return [name, value]
    return [name, { hex: Array.from(new Uint8Array(value), byte => byte.toString(16).padStart(2, '0')).join('') }]
  })
  return Object.fromEntries(entries)
}

function fromJson(value: z.infer<typeof exportedValue>): SqlValue {
  if (value === null || typeof value !== 'object') return value
  return Uint8Array.from(value.hex.match(/../g) ?? [], byte => Number.parseInt(byte, 16)).buffer
}
