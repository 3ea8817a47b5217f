import { dialects } from '../../protocol/dialects/index.ts'
import type { CallerContext } from '../../rpc/channel.ts'
import type { ConnectRefusal } from '../sessions/access.ts'
import { busy } from './check-rights.ts'
import { planHeader } from './relay-sessions.ts'

/** The response that opens a socket. `plan`: for new sockets, if the Worker asked for it. */
export function openSocket(webSocket: WebSocket, { request, dialect }: CallerContext, plan?: string): Response {
  const { subprotocol } = dialects[dialect]
  const headers = {
    ...(request !== undefined && { 'x-request-id': request }),
    ...(subprotocol !== null && { 'Sec-WebSocket-Protocol': subprotocol }),
    ...(plan !== undefined && { [planHeader]: plan }),
  }
  return new Response(null, { status: 101, webSocket, headers })
}

/** The response that refuses a socket. */
export function refuseSocket(refused: ConnectRefusal): Response {
  const { status, code, message } = refused
  const waitMs = refused === busy ? 5_000 : refused.retry_after_ms
  const retry = waitMs !== undefined && { 'retry-after': `${Math.ceil(waitMs / 1_000)}` }
  const headers = { 'cache-control': 'no-store', ...retry }
  return Response.json({ error: { code, message } }, { status, headers })
}

/** The response to the Worker that says that new sockets go to relays, and to how many. */
export function sendToRelay(plan: string): Response {
  return new Response(null, { status: 421, headers: { [planHeader]: plan } })
}
