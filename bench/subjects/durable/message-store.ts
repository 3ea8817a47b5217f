/** One row a line, no second index: the least that persistence costs. */
export const linesTable = `CREATE TABLE IF NOT EXISTS lines (seq INTEGER PRIMARY KEY, line TEXT)`

/** Keeps a line. */
export function keepLine(sql: SqlStorage, line: string): void {
  sql.exec(`INSERT INTO lines (line) VALUES (?)`, line)
}

/** The last lines, oldest first, as one frame. */
export function lastLines(sql: SqlStorage, count: number): string {
  const newest = [...sql.exec<{ line: string }>(`SELECT line FROM lines ORDER BY seq DESC LIMIT ?`, count)]
  return JSON.stringify(newest.map(({ line }) => line).reverse())
}
