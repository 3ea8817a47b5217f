import { Agent, type Connection, type ConnectionContext, routeAgentRequest } from 'agents'

type Env = { ROOMS: DurableObjectNamespace; KEEP?: string }

/** A room as the agents SDK has one write it; it hibernates by itself. */
export class Room extends Agent<Env> {
  readonly #keeps = this.env.KEEP === 'yes'

  override onStart(): void {
    if (this.#keeps) this.sql`CREATE TABLE IF NOT EXISTS lines (seq INTEGER PRIMARY KEY, line TEXT)`
  }

  override onConnect(connection: Connection, { request }: ConnectionContext): void {
    const last = new URL(request.url).searchParams.get('last')
    if (!this.#keeps || last === null) return
    const newest = this.sql<{ line: string }>`SELECT line FROM lines ORDER BY seq DESC LIMIT ${Number(last)}`
    connection.send(JSON.stringify(newest.map(({ line }) => line).reverse()))
  }

  override onMessage(_connection: Connection, line: string): void {
    if (this.#keeps) this.sql`INSERT INTO lines (line) VALUES (${line})`
    this.broadcast(line)
  }
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    return (await routeAgentRequest(request, env, { prefix: 'peers' })) ?? new Response('no room', { status: 404 })
  },
}
