// A chat server on Node with ws: a room is a set of sockets.
import { WebSocketServer } from 'ws'
import { openMessageStore } from './message-store.ts'
import { parseRoomUrl } from './parse-room-url.ts'

const messages = openMessageStore(process.env.MESSAGES)
const rooms = new Map<string, Set<import('ws').WebSocket>>()
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(process.env.PORT) })

server.on('connection', (socket, request) => {
  const { room, last } = parseRoomUrl(request.url ?? '')
  const members = rooms.get(room) ?? new Set()
  rooms.set(room, members.add(socket))
  if (messages !== null && last !== null) socket.send(messages.last(room, last))
  socket.on('message', data => {
    const text = data.toString()
    messages?.add(room, text)
    for (const member of members) member.send(text)
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => members.delete(socket))
})
