import { DurableObject } from 'cloudflare:workers'
import { lastMessages, messagesTable, storeMessage } from './message-store.ts'

type Env = { ROOMS: DurableObjectNamespace; PERSIST?: string; ENVELOPE?: string }

// The fields that Circles sends along with a message's text: its author, time, channel and id.
const circlesEnvelope = JSON.stringify({
  type: 'message',
  data: { content: '', user_id: 'user12', user_name: 'user12', client_id: 'c0-123456', hop: 0 },
  timestamp: '2026-11-21T12:00:00.000Z',
  channel: 'circle:fanout',
  seq: 123_456,
  id: 'c0-123456',
})

/** The smallest possible room: sends each message to all sockets, after storing it if PERSIST is set. */
export class Room extends DurableObject<Env> {
  readonly #persists: boolean
  readonly #envelope: string

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#persists = env.PERSIST === 'yes'
    this.#envelope = env.ENVELOPE === 'yes' ? circlesEnvelope : ''
    if (this.#persists) ctx.storage.sql.exec(messagesTable)
  }

  override fetch(request: Request): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    const last = new URL(request.url).searchParams.get('last')
    if (this.#persists && last !== null) server.send(lastMessages(this.ctx.storage.sql, Number(last)))
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketMessage(_socket: WebSocket, text: string): void {
    if (this.#persists) storeMessage(this.ctx.storage.sql, text)
    const frame = text + this.#envelope
    for (const socket of this.ctx.getWebSockets()) socket.send(frame)
  }
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const room = new URL(request.url).pathname.split('/').at(-1) ?? ''
    return env.ROOMS.get(env.ROOMS.idFromName(room)).fetch(request)
  },
}
