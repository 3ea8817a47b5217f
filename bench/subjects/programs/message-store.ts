import { DatabaseSync } from 'node:sqlite'

// As durable as a Durable Object's: a commit of its own for every line, which is on the disk when it returns.
const durable = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;`

export type Lines = { keep(room: string, line: string): void; last(room: string, count: number): string }

/** Lines of all rooms in one SQLite file; null: this run keeps none. */
export function openLines(file: string | undefined): Lines | null {
  if (file === undefined) return null
  const database = new DatabaseSync(file)
  database.exec(`${durable}
    CREATE TABLE lines (seq INTEGER PRIMARY KEY, room TEXT, line TEXT);
    CREATE INDEX lines_by_room ON lines (room, seq)`)
  const insert = database.prepare(`INSERT INTO lines (room, line) VALUES (?, ?)`)
  const newest = database.prepare(`SELECT line FROM lines WHERE room = ? ORDER BY seq DESC LIMIT ?`)
  return {
    keep: (room, line) => void insert.run(room, line),
    last: (room, count) =>
      JSON.stringify(
        newest
          .all(room, count)
          .map(({ line }) => line)
          .reverse(),
      ),
  }
}
