import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Sql, SqlRow, SqlValue } from '../lib/sql.ts'

/** An SQLite database in memory as an Sql port, in plain node. */
export function nodeSql(): Sql {
  const database = new DatabaseSync(':memory:')
  let depth = 0
  const prepared = new Map<string, StatementSync>()
  const run = (statement: string, values: SqlValue[], asArrays: boolean) => {
    const bound = values.map(value => (value instanceof ArrayBuffer ? new Uint8Array(value) : value))
    const cached = prepared.get(statement) ?? lastOf(database, statement)
    if (isAlone(cached, statement)) prepared.set(statement, cached)
    cached.setReturnArrays(asArrays)
    return cached.all(...bound) as unknown
  }
  return {
    all<Row extends SqlRow>(statement: string, ...values: SqlValue[]): Row[] {
      return run(statement, values, false) as Row[]
    },
    tuples<Row extends readonly SqlValue[]>(statement: string, ...values: SqlValue[]): Row[] {
      return run(statement, values, true) as Row[]
    },
    transaction(work) {
      const level = `level_${depth++}`
      database.exec(`SAVEPOINT ${level}`)
      try {
        return work()
      } catch (error) {
        database.exec(`ROLLBACK TO ${level}`)
        throw error
      } finally {
        database.exec(`RELEASE ${level}`)
        depth -= 1
      }
    },
  }
}

/** Runs all statements of a text but the last, which it returns prepared: that alone may have parameters, as in workerd. */
function lastOf(database: DatabaseSync, text: string): StatementSync {
  if (/^(\s|;|--.*(\n|$)|\/\*[\s\S]*?\*\/)*$/.test(text)) throw new Error('SQL code did not contain a statement.')
  const statement = database.prepare(text)
  if (isAlone(statement, text)) return statement
  if (/[?:@$]\w/.test(statement.sourceSQL.replace(/'[^']*'/g, '')))
    throw new Error('Of several statements, only the last can have parameters.')
  statement.all()
  return lastOf(database, text.slice(statement.sourceSQL.length))
}

/** Is there nothing after this statement but space? What follows a comment is another one in workerd, which needs a statement. */
function isAlone({ sourceSQL }: StatementSync, text: string): boolean {
  return text.slice(sourceSQL.length).trim() === ''
}
