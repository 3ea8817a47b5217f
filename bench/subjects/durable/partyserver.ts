import { type Connection, type ConnectionContext, routePartykitRequest, Server } from 'partyserver'
import { keepLine, lastLines, linesTable } from './message-store.ts'

type Env = { ROOMS: DurableObjectNamespace; KEEP?: string }

/** A room as partyserver has one write it, with hibernation. */
export class Room extends Server<Env> {
  static override options = { hibernate: true }
  readonly #keeps = this.env.KEEP === 'yes'

  override onStart(): void {
    if (this.#keeps) this.ctx.storage.sql.exec(linesTable)
  }

  override onConnect(connection: Connection, { request }: ConnectionContext): void {
    const last = new URL(request.url).searchParams.get('last')
    if (this.#keeps && last !== null) connection.send(lastLines(this.ctx.storage.sql, Number(last)))
  }

  override onMessage(_connection: Connection, line: string): void {
    if (this.#keeps) keepLine(this.ctx.storage.sql, line)
    this.broadcast(line)
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    return (await routePartykitRequest(request, env, { prefix: 'peers' })) ?? new Response('no room', { status: 404 })
  },
}
