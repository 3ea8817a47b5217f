import type { Context } from 'hono'
import type { ContextLogger } from './context-logger.ts'
import { AcceptedSocket, type ServerSocket } from './server-socket.ts'

/** Adds the listeners to a socket. */
export type SocketSetup = (ws: ServerSocket) => unknown

/** A handler in any environment. */
export type UpgradeHandler = (c: Context) => SocketSetup | Promise<SocketSetup>

/** Answers a request with a WebSocket, to which `handler` adds the listeners; 426 if the request is no upgrade. */
export async function upgrade(c: Context, handler: UpgradeHandler): Promise<Response> {
  if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
    return c.text('This address takes WebSockets only.', 426, { upgrade: 'websocket' })
  }
  const setup = await handler(c)
  const { 0: client, 1: server } = new WebSocketPair()
  const logger: ContextLogger = c.var.logger
  const report = (error: unknown) => logger.error('A WebSocket handler failed', { path: c.req.path, error })
  new AcceptedSocket(server, report).start(setup)
  return new Response(null, { status: 101, webSocket: client })
}
