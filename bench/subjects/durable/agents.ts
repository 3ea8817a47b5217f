import { Agent, type Connection, type ConnectionContext, routeAgentRequest } from 'agents'

type Env = { ROOMS: DurableObjectNamespace; PERSIST?: string }

/** A room written as the agents SDK's documentation suggests; hibernation is its default. */
export class Room extends Agent<Env> {
  readonly #persists = this.env.PERSIST === 'yes'

  override onStart(): void {
    if (this.#persists) this.sql`CREATE TABLE IF NOT EXISTS messages (seq INTEGER PRIMARY KEY, text TEXT)`
  }

  override onConnect(connection: Connection, { request }: ConnectionContext): void {
    const last = new URL(request.url).searchParams.get('last')
    if (!this.#persists || last === null) return
    const newest = this.sql<{ text: string }>`SELECT text FROM messages ORDER BY seq DESC LIMIT ${Number(last)}`
    connection.send(JSON.stringify(newest.map(({ text }) => text).reverse()))
  }

  override onMessage(_connection: Connection, text: string): void {
    if (this.#persists) this.sql`INSERT INTO messages (text) VALUES (${text})`
    this.broadcast(text)
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    return (await routeAgentRequest(request, env, { prefix: 'peers' })) ?? new Response('no room', { status: 404 })
  },
}
