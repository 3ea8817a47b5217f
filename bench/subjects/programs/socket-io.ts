// A chat server with Socket.IO, which has rooms built in.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { openMessageStore } from './message-store.ts'
import { parseRoomUrl } from './parse-room-url.ts'

const messages = openMessageStore(process.env.MESSAGES)
const http = createServer()
const io = new Server(http)

io.on('connection', socket => {
  const { room, last } = parseRoomUrl(socket.request.url ?? '')
  socket.join(room)
  if (messages !== null && last !== null) socket.emit('history', messages.last(room, last))
  socket.on('chat', (text: string) => {
    messages?.add(room, text)
    io.to(room).emit('chat', text)
  })
})
http.listen(Number(process.env.PORT), '127.0.0.1')
