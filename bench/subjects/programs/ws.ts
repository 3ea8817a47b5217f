// A chat server on Node with ws: rooms are sets of sockets.
import { WebSocketServer } from 'ws'
import { openLines } from './message-store.ts'
import { placeOf } from './parse-room-url.ts'

const lines = openLines(process.env.LINES)
const rooms = new Map<string, Set<import('ws').WebSocket>>()
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT) })

server.on('connection', (socket, request) => {
  const { room, last } = placeOf(request.url ?? '')
  const members = rooms.get(room) ?? new Set()
  rooms.set(room, members.add(socket))
  if (lines !== null && last !== null) socket.send(lines.last(room, last))
  socket.on('message', data => {
    const line = data.toString()
    lines?.keep(room, line)
    for (const member of members) member.send(line)
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => members.delete(socket))
})
