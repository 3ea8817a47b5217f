// A chat server on Bun with its publish and its SQLite: rooms are topics.
import { Database } from 'bun:sqlite'
import { placeOf } from './parse-room-url.ts'

const file = process.env.LINES
const lines = file === undefined ? null : openLines(file)

const server = Bun.serve<{ room: string; last: number | null }>({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  fetch(request, server) {
    if (server.upgrade(request, { data: placeOf(request.url) })) return
    return new Response('a socket, please', { status: 426 })
  },
  websocket: {
    open(socket) {
      const { room, last } = socket.data
      socket.subscribe(room)
      if (lines !== null && last !== null) socket.send(lines.last(room, last))
    },
    message(socket, line) {
      const { room } = socket.data
      lines?.keep(room, String(line))
      server.publish(room, line)
    },
  },
})

function openLines(path: string) {
  const database = new Database(path)
  database.run(`PRAGMA journal_mode = WAL`)
  database.run(`PRAGMA synchronous = FULL`)
  database.run(`CREATE TABLE lines (seq INTEGER PRIMARY KEY, room TEXT, line TEXT)`)
  database.run(`CREATE INDEX lines_by_room ON lines (room, seq)`)
  const insert = database.query(`INSERT INTO lines (room, line) VALUES (?, ?)`)
  const newest = database.query(`SELECT line FROM lines WHERE room = ? ORDER BY seq DESC LIMIT ?`)
  return {
    keep: (room: string, line: string) => insert.run(room, line),
    last: (room: string, count: number) =>
      JSON.stringify(
        newest
          .all(room, count)
          .map(({ line }) => line)
          .reverse(),
      ),
  }
}
