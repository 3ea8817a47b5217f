import type { Env } from '../../env.ts'
import type { CloseName } from '../../protocol/close-codes.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { AdminRequest } from '../../rpc/channel.ts'
import type { ConnectRefusal } from '../sessions/access.ts'
import type { IdentifiedCaller } from '../sessions/caller-context.ts'
import type { KindTables } from './kind-tables.ts'

/** The object that somebody asks to come in to. */
type Here = { tables: Pick<KindTables, 'admit'>; env: Env; name: string }

/** The caller with the role that the channel gives them to which this one belongs; or why they may not come in. */
export async function withRights(
  { tables, env, name }: Here,
  caller: IdentifiedCaller,
): Promise<IdentifiedCaller | Refusal> {
  if (tables.admit === undefined) return caller
  const principal = await tables.admit(env, name, caller.principal)
  return 'code' in principal ? principal : { ...caller, principal }
}

/** A refusal as the answer to a connect request. */
export function connectRefusal({ code, message, retry_after_ms: waitMs }: Refusal): ConnectRefusal {
  const status = statusOf.get(code) ?? 403
  return { status, code, message, ...(waitMs !== undefined && { retry_after_ms: waitMs }) }
}

const statusOf = new Map<string, ConnectRefusal['status']>([
  ['not_found', 404],
  ['rate_limited', 429],
  ['internal', 503],
])

/** Returns whether a request may bring a channel into existence: a component's may if it stores something. */
export function mayCreate(request: AdminRequest, caller: IdentifiedCaller): boolean {
  return request.do === 'create' || (request.do === 'component' && request.creates === true && mayWrite(caller))
}

/** Returns whether what this caller sends may bring a channel into existence. */
export function mayWrite({ principal }: IdentifiedCaller): boolean {
  return atLeast(principal.role, 'member')
}

/** How a socket that authenticated late is closed, where an upgrade would be refused with a status. */
export const closeNames = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'notFound',
  429: 'flooding',
  503: 'overloaded',
} as const satisfies Record<ConnectRefusal['status'], CloseName>

/** The refusal of one more socket that has yet to authenticate. */
export const busy: ConnectRefusal = {
  status: 503,
  code: 'unavailable',
  message: 'Too many sockets are waiting to authenticate.',
}
