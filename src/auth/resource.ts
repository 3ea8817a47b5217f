import { type ChannelKinds, directPrefix } from '../protocol/channels/channel-kinds.ts'
import { type ChannelName, canonicalName, parseChannel } from '../protocol/channels/channels.ts'

/** A channel, or the caller's private circle with an agent. */
export type ChannelResource = ChannelName | `chat:${string}`

/** The figures of this deployment. Its owners own the deployment: `{"*":"owner"}` grants that. */
export const statsResource = 'deployment:stats'

/** The users of this deployment: its owners may revoke anybody's tokens. */
export const usersResource = 'deployment:users'

/** A resource that grants and tickets name. */
export type Resource = ChannelResource | typeof statsResource

/** Reads `circle:dev-team`, `chat:pickle` or `deployment:stats`; null if it is something else. */
export function parseResource(text: string, kinds: ChannelKinds): Resource | null {
  if (text === statsResource) return statsResource
  if (text.startsWith('chat:')) {
    const agent = canonicalName(text.slice(5))
    return agent === null ? null : `chat:${agent}`
  }
  const channel = parseChannel(text, kinds)
  return channel && `${channel.kind}:${channel.name}`
}

/** Returns the name of a user's private circle with an agent. No caller can request it: names from outside contain no `~`. */
export async function directChannelName(agent: string, userId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(userId))
  const hex = Array.from(new Uint8Array(digest, 0, 16), byte => byte.toString(16).padStart(2, '0')).join('')
  return `${directPrefix}${agent}~${hex}`
}
