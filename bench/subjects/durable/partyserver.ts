import { type Connection, type ConnectionContext, routePartykitRequest, Server } from 'partyserver'
import { lastMessages, messagesTable, storeMessage } from './message-store.ts'

type Env = { ROOMS: DurableObjectNamespace; PERSIST?: string }

/** A room written as partyserver's documentation suggests, with hibernation. */
export class Room extends Server<Env> {
  static override options = { hibernate: true }
  readonly #persists = this.env.PERSIST === 'yes'

  override onStart(): void {
    if (this.#persists) this.ctx.storage.sql.exec(messagesTable)
  }

  override onConnect(connection: Connection, { request }: ConnectionContext): void {
    const last = new URL(request.url).searchParams.get('last')
    if (this.#persists && last !== null) connection.send(lastMessages(this.ctx.storage.sql, Number(last)))
  }

  override onMessage(_connection: Connection, text: string): void {
    if (this.#persists) storeMessage(this.ctx.storage.sql, text)
    this.broadcast(text)
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    return (await routePartykitRequest(request, env, { prefix: 'peers' })) ?? new Response('no room', { status: 404 })
  },
}
