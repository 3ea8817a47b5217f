import { DurableObject } from 'cloudflare:workers'

type Env = { ROOMS: DurableObjectNamespace; KEEP?: string }

/** The least that a room can be: whatever one socket says, all are sent; kept first, if KEEP is set. */
export class Room extends DurableObject<Env> {
  readonly #keeps: boolean

  constructor(context: DurableObjectState, env: Env) {
    super(context, env)
    this.#keeps = env.KEEP === 'yes'
    if (this.#keeps) context.storage.sql.exec(`CREATE TABLE IF NOT EXISTS lines (seq INTEGER PRIMARY KEY, line TEXT)`)
  }

  override fetch(request: Request): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    const last = new URL(request.url).searchParams.get('last')
    if (this.#keeps && last !== null) server.send(JSON.stringify(this.#last(Number(last))))
    return new Response(null, { status: 101, webSocket: client })
  }

  override webSocketMessage(_socket: WebSocket, line: string): void {
    if (this.#keeps) this.ctx.storage.sql.exec(`INSERT INTO lines (line) VALUES (?)`, line)
    for (const socket of this.ctx.getWebSockets()) socket.send(line)
  }

  #last(count: number): unknown[] {
    const newest = this.ctx.storage.sql.exec(`SELECT line FROM lines ORDER BY seq DESC LIMIT ?`, count)
    return [...newest].map(({ line }) => line).reverse()
  }
}

export default {
  fetch(request: Request, env: Env): Promise<Response> {
    const room = new URL(request.url).pathname.split('/').at(-1) ?? ''
    return env.ROOMS.get(env.ROOMS.idFromName(room)).fetch(request)
  },
}
