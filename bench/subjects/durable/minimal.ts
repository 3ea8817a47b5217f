import { DurableObject } from 'cloudflare:workers'
import { keepLine, lastLines, linesTable } from './message-store.ts'

type Env = { ROOMS: DurableObjectNamespace; KEEP?: string; ENVELOPE?: string }

// What Circles says beside the text of a line: who, when, which.
const envelope = JSON.stringify({
  type: 'message',
  data: { content: '', user_id: 'user12', user_name: 'user12', client_id: 'c0-123456', hop: 0 },
  timestamp: '2026-11-21T12:00:00.000Z',
  channel: 'circle:fanout',
  seq: 123_456,
  id: 'c0-123456',
})

/** The least that a room can be: whatever one socket says, all are sent; kept first, if KEEP is set. */
export class Room extends DurableObject<Env> {
  readonly #keeps: boolean
  readonly #envelope: string

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#keeps = env.KEEP === 'yes'
    this.#envelope = env.ENVELOPE === 'yes' ? envelope : ''
    if (this.#keeps) context.storage.sql.exec(linesTable)
  }

  override fetch(request: Request): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    const last = new URL(request.url).searchParams.get('last')
    if (this.#keeps && last !== null) server.send(lastLines(this.ctx.storage.sql, Number(last)))
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketMessage(_socket: WebSocket, line: string): void {
    if (this.#keeps) keepLine(this.ctx.storage.sql, line)
    const told = line + this.#envelope
    for (const socket of this.ctx.getWebSockets()) socket.send(told)
  }
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const room = new URL(request.url).pathname.split('/').at(-1) ?? ''
    return env.ROOMS.get(env.ROOMS.idFromName(room)).fetch(request)
  },
}
