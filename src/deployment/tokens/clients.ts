import type { Env } from '../../env.ts'
import { RequestBatcher } from '../../lib/request-batcher.ts'
import type { TokenRecord, TokenUse } from './token-store.ts'

/** How others reach the object that knows a user's tokens. */
export type TokenRegistryStub = {
  show(passes: TokenRecord[]): Promise<boolean[]>
  revoke(user: string): Promise<{ at: number; channels: number }>
}

const objects = 16 // docs/decisions/0074-sixteen-token-registries.md; another number would look for users where they are not

/** The object that knows this user's tokens. */
export function registryFor(env: Env, user: string): TokenRegistryStub {
  return stubAt(env, indexOf(user))
}

/** Shows tokens for one channel: those that come at once, and belong to one object, together. */
export function batchedTokenClient(env: Env): (pass: TokenRecord) => Promise<boolean> {
  const batches = new Map<number, RequestBatcher<TokenRecord, boolean>>()
  return pass => {
    const index = indexOf(pass.user)
    const batch = batches.get(index) ?? new RequestBatcher(passes => stubAt(env, index).show(passes))
    batches.set(index, batch)
    return batch.get(pass)
  }
}

function stubAt(env: Env, index: number): TokenRegistryStub {
  return env.PASSES.getByName(`${index}`) as unknown as TokenRegistryStub
}

/** FNV-1a over the id's UTF-16 code units. */
function indexOf(user: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < user.length; at++) hash = Math.imul(hash ^ user.charCodeAt(at), 0x01000193)
  return (hash >>> 0) % objects
}

/** A channel, as far as revocations reach it. */
export function stubFor(env: Env, channel: TokenUse): { revoke(user: string, before: number): Promise<void> } {
  const namespaces = {
    circle: env.CIRCLES,
    workspace: env.WORKSPACES,
    agent: env.AGENT_CHANNELS,
    deployment: env.STATS,
  }
  const [kind = '', name = ''] = splitAt(channel, channel.indexOf(':'))
  const namespace = new Map(Object.entries(namespaces)).get(kind)
  if (namespace === undefined) throw new Error(`expected a channel's name, got ${channel}`)
  return namespace.getByName(name) as unknown as { revoke(user: string, before: number): Promise<void> }
}

function splitAt(text: string, index: number): [string, string] {
  return [text.slice(0, index), text.slice(index + 1)]
}
