/** One row per message and no second index: the minimum cost of persistence. */
export const messagesTable = `CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, text TEXT)`

/** Stores a message. */
export function storeMessage(sql: SqlStorage, text: string): void {
  sql.exec(`INSERT INTO messages (text) VALUES (?)`, text)
}

/** Returns the last messages, oldest first, as one frame. */
export function lastMessages(sql: SqlStorage, count: number): string {
  const newest = [...sql.exec<{ text: string }>(`SELECT text FROM messages ORDER BY seq DESC LIMIT ?`, count)]
  return JSON.stringify(newest.map(({ text }) => text).reverse())
}
