/** A value that SQLite stores. */
export type SqlValue = string | number | null | ArrayBuffer

/** A row as an object, by column name. */
export type SqlRow = Record<string, SqlValue>

/** The storage port. It is synchronous, so a handler runs to its end without interleaving. */
export interface Sql {
  /** Runs one statement with `?1`, `?2` … bound in order and returns its rows. */
  all<Row extends SqlRow>(statement: string, ...values: SqlValue[]): Row[]
  /** The same, each row as a list of its columns: half the work, for thousands of rows. */
  tuples<Row extends readonly SqlValue[]>(statement: string, ...values: SqlValue[]): Row[]
  /** Runs statements atomically: a throw undoes all of them. One inside another is undone alone. */
  transaction<Result>(work: () => Result): Result
}

/** The numbers of rows read and written, as the platform bills them. */
export type RowCount = { read: number; written: number }

/** Returns the first row, or null. */
export function first<Row extends SqlRow>(sql: Sql, statement: string, ...values: SqlValue[]): Row | null {
  return sql.all<Row>(statement, ...values)[0] ?? null
}
