import type { RowCount, Sql, SqlRow, SqlValue } from './sql.ts'

/** The SQLite database of a Durable Object as an Sql port. Adds the rows read and written to `rows`. */
export function durableSql(storage: DurableObjectStorage, rows: RowCount = { read: 0, written: 0 }): Sql {
  const { sql } = storage
  return {
    all<Row extends SqlRow>(statement: string, ...values: SqlValue[]): Row[] {
      const cursor = sql.exec<Row>(statement, ...values)
      const result = cursor.toArray() // the cursor counts while it is read
      rows.read += cursor.rowsRead
      rows.written += cursor.rowsWritten
      return result
    },
    tuples<Row extends readonly SqlValue[]>(statement: string, ...values: SqlValue[]): Row[] {
      const cursor = sql.exec(statement, ...values)
      const result = [...cursor.raw()] as unknown as Row[]
      rows.read += cursor.rowsRead
      rows.written += cursor.rowsWritten
      return result
    },
    transaction: work => storage.transactionSync(work),
  }
}
