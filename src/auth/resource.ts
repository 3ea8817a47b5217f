import { type ChannelName, canonicalName, parseChannel } from '../protocol/channels.ts'

/** Where somebody talks: a channel, or the caller's private circle with an agent. */
export type ChannelResource = ChannelName | `chat:${string}`

/** The figures of this deployment. Whoever a token makes `owner` there owns the deployment: `{"*":"owner"}` does. */
export const statsResource = 'deployment:stats'

/** Where somebody wants in, and what a ticket opens. */
export type Resource = ChannelResource | typeof statsResource

/** Reads `circle:dev-team`, `chat:pickle` or `deployment:stats`; null if it is none of them. */
export function parseResource(text: string): Resource | null {
  if (text === statsResource) return statsResource
  if (text.startsWith('chat:')) {
    const agent = canonicalName(text.slice(5))
    return agent === null ? null : `chat:${agent}`
  }
  const channel = parseChannel(text)
  return channel && `${channel.kind}:${channel.name}`
}

/** The name of the private circle. No caller can ask for it: `~` is in no name that comes from outside. */
export async function directChannelName(agent: string, userId: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(userId))
  const hex = Array.from(new Uint8Array(digest, 0, 16), byte => byte.toString(16).padStart(2, '0')).join('')
  return `chat~${agent}~${hex}`
}
