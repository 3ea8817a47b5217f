import { DatabaseSync } from 'node:sqlite'

// As durable as a Durable Object's storage: one commit per message, on disk when it returns.
const durability = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;`

/** Stores messages by room and returns the last ones as one frame. */
export type MessageStore = { add(room: string, text: string): void; last(room: string, count: number): string }

/** Opens a SQLite file for the messages of all rooms; null without a file: this run does not persist. */
export function openMessageStore(file: string | undefined): MessageStore | null {
  if (file === undefined) return null
  const database = new DatabaseSync(file)
  database.exec(`${durability}
    CREATE TABLE messages (seq INTEGER PRIMARY KEY, room TEXT, text TEXT);
    CREATE INDEX messages_by_room ON messages (room, seq)`)
  const insert = database.prepare(`INSERT INTO messages (room, text) VALUES (?, ?)`)
  const newest = database.prepare(`SELECT text FROM messages WHERE room = ? ORDER BY seq DESC LIMIT ?`)
  return {
    add: (room, text) => void insert.run(room, text),
    last: (room, count) =>
      JSON.stringify(
        newest
          .all(room, count)
          .map(({ text }) => text)
          .reverse(),
      ),
  }
}
