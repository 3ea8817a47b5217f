import { DurableObject } from 'cloudflare:workers'
import { keepLine, lastLines, linesTable } from './lines.ts'

type Env = { ROOMS: DurableObjectNamespace; KEEP?: string }

/** The least that a room can be: whatever one socket says, all are sent; kept first, if KEEP is set. */
export class Room extends DurableObject<Env> {
  readonly #keeps: boolean

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#keeps = env.KEEP === 'yes'
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
    for (const socket of this.ctx.getWebSockets()) socket.send(line)
  }
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const room = new URL(request.url).pathname.split('/').at(-1) ?? ''
    return env.ROOMS.get(env.ROOMS.idFromName(room)).fetch(request)
  },
}
