// A chat server on Bun with its own publish and SQLite: a room is a topic.
import { Database } from 'bun:sqlite'
import { parseRoomUrl } from './parse-room-url.ts'

const file = process.env.MESSAGES
const messages = file === undefined ? null : openMessageStore(file)

const server = Bun.serve<{ room: string; last: number | null }>({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  fetch(request, server) {
    if (server.upgrade(request, { data: parseRoomUrl(request.url) })) return
    return new Response('expected a WebSocket', { status: 426 })
  },
  websocket: {
    open(socket) {
      const { room, last } = socket.data
      socket.subscribe(room)
      if (messages !== null && last !== null) socket.send(messages.last(room, last))
    },
    message(socket, text) {
      const { room } = socket.data
      messages?.add(room, String(text))
      server.publish(room, text)
    },
  },
})

// Like message-store.ts, but with the SQLite that Bun brings.
function openMessageStore(path: string) {
  const database = new Database(path)
  database.run(`PRAGMA journal_mode = WAL`)
  database.run(`PRAGMA synchronous = FULL`)
  database.run(`CREATE TABLE messages (seq INTEGER PRIMARY KEY, room TEXT, text TEXT)`)
  database.run(`CREATE INDEX messages_by_room ON messages (room, seq)`)
  const insert = database.query(`INSERT INTO messages (room, text) VALUES (?, ?)`)
  const newest = database.query(`SELECT text FROM messages WHERE room = ? ORDER BY seq DESC LIMIT ?`)
  return {
    add: (room: string, text: string) => insert.run(room, text),
    last: (room: string, count: number) =>
      JSON.stringify(
        newest
          .all(room, count)
          .map(({ text }) => text)
          .reverse(),
      ),
  }
}
