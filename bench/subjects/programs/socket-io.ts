// A chat server with Socket.IO: rooms are its own.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { openLines } from './message-store.ts'
import { placeOf } from './parse-room-url.ts'

const lines = openLines(process.env.LINES)
const http = createServer()
const io = new Server(http)

io.on('connection', socket => {
  const { room, last } = placeOf(socket.request.url ?? '')
  socket.join(room)
  if (lines !== null && last !== null) socket.emit('history', lines.last(room, last))
  socket.on('line', (line: string) => {
    lines?.keep(room, line)
    io.to(room).emit('line', line)
  })
})
http.listen(Number(process.env.PORT), '127.0.0.1')
