/** What SQLite can hold and give back. */
export type SqlValue = string | number | null | ArrayBuffer
export type SqlRow = Record<string, SqlValue>

/** The one door to storage: synchronous, so a handler runs to its end without interleaving. */
export interface Sql {
  /** Runs one statement with `?1`, `?2` … bound in order and returns its rows. */
  all<Row extends SqlRow>(statement: string, ...values: SqlValue[]): Row[]
  /** The same, each row as the list of its columns: half the work, for what is read by the thousand. */
  tuples<Row extends readonly SqlValue[]>(statement: string, ...values: SqlValue[]): Row[]
  /** All or nothing: a throw inside undoes every statement. Not nestable. */
  transaction<Result>(work: () => Result): Result
}

/** Rows that were read and written, as the platform bills them. */
export type RowCount = { read: number; written: number }

/** The first row, or null. */
export function first<Row extends SqlRow>(sql: Sql, statement: string, ...values: SqlValue[]): Row | null {
  return sql.all<Row>(statement, ...values)[0] ?? null
}
