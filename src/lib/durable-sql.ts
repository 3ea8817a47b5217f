import type { Sql, SqlRow, SqlValue } from './sql.ts'

/** The SQLite of a Durable Object, through the port. */
export function durableSql(storage: DurableObjectStorage): Sql {
  return {
    all<Row extends SqlRow>(statement: string, ...values: SqlValue[]): Row[] {
      return storage.sql.exec<Row>(statement, ...values).toArray()
    },
    transaction: work => storage.transactionSync(work),
  }
}
