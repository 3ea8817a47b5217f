import { sha256 } from '../../lib/ids.ts'
import { canonicalName } from '../../protocol/channels/channels.ts'
import { agentKeyPrefix, agentSubprotocol } from '../../protocol/connected-agents.ts'
import { keyHashHeader } from '../../rpc/connected-agents.ts'
import { connectedAgentStub } from '../../stubs.ts'
import type { HttpContext } from '../context.ts'
import { failure } from '../errors.ts'
import { guardUpgrade } from './upgrade.ts'

/** Answers an upgrade of `/ws/agents/:id/connect`: an agent connects, with its key. */
export async function agentSocket(context: HttpContext): Promise<Response> {
  const policy = await guardUpgrade(context)
  if (policy instanceof Response) return policy
  const { headers } = context.req.raw
  const offered = (headers.get('sec-websocket-protocol') ?? '').split(',').map(element => element.trim())
  if (!offered.includes(agentSubprotocol)) return failure('bad_subprotocol', `Offer \`${agentSubprotocol}\`.`)
  const key = bearerOf(headers) ?? offered.find(one => one.startsWith(agentKeyPrefix))?.slice(agentKeyPrefix.length)
  if (key === undefined) return failure('missing_token', 'Send the agent’s key as `Authorization: Bearer …`.')
  const id = canonicalName(context.req.param('name') ?? '')
  const stub = id === null ? null : connectedAgentStub(context.env, id)
  if (stub === null) return failure('not_found', 'There is no such agent.')
  const forwarded = { upgrade: 'websocket', [keyHashHeader]: sha256(key) }
  return stub.fetch(new Request('https://agent/', { headers: forwarded }))
}

function bearerOf(headers: Headers): string | null {
  return /^bearer\s+(\S+)$/i.exec(headers.get('authorization')?.trim() ?? '')?.[1] ?? null
}
