import type { Env } from '../env.ts'
import type { Pass, Shown } from './passes.ts'

/** How others reach a user's object. */
export type UserStub = {
  show(pass: Pass): Promise<boolean>
  revoke(): Promise<{ at: number; channels: number }>
}

export function userOf(env: Env, id: string): UserStub {
  return env.USERS.getByName(id) as unknown as UserStub
}

/** A channel, as far as revocations reach it. */
export function channelOf(env: Env, channel: Shown): { revoke(user: string, before: number): Promise<void> } {
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
