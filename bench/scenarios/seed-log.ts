import { DatabaseSync } from 'node:sqlite'

/**
 * Makes a circle's log longer, in its own file while nothing serves it: what is there is written behind itself until
 * there is enough. To import a million events takes minutes; this takes seconds, and leaves the same tables.
 */
export function growLog(file: string, events: number): void {
  using database = open(file)
  const length = () => (database.prepare(`SELECT max(seq) AS head FROM events`).get() as { head: number }).head
  database.exec(`PRAGMA synchronous = OFF; BEGIN`)
  for (let head = length(); head < events; head = length()) {
    database.exec(`
      CREATE TEMP TABLE more AS SELECT * FROM events ORDER BY seq LIMIT ${events - head};
      UPDATE more SET id = id || '-' || ${head}, seq = seq + ${head}, at = at + 1000 * ${head};
      INSERT INTO events SELECT * FROM more;
      DROP TABLE more`)
  }
  database.exec(`COMMIT; PRAGMA wal_checkpoint(TRUNCATE)`)
}

/** How many events there are in a file, if it is a circle's. */
export function logLength(file: string): number {
  using database = open(file)
  try {
    return (database.prepare(`SELECT count(*) AS events FROM events`).get() as { events: number }).events
  } catch {
    return 0 // another kind of object, which has no such table
  }
}

const open = (file: string) => new DatabaseSync(file)
