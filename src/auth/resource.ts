import { agentOf, type ChannelKinds, directPrefix, pairPrefix } from '../protocol/channels/channel-kinds.ts'
import { type ChannelName, canonicalName, nameAtDoor, parseChannel } from '../protocol/channels/channels.ts'

/** A channel, or the caller's private circle with an agent. */
export type ChannelResource = ChannelName | `chat:${string}`

/** The figures of this deployment. Its owners own the deployment: `{"*":"owner"}` grants that. */
export const statsResource = 'deployment:stats'

/** A person's own inbox: whoever has a token has one. */
export const inboxResource = 'deployment:inbox'

/** The users of this deployment: its owners may revoke anybody's tokens. */
export const usersResource = 'deployment:users'

/** The agents of this deployment: its owners may make agents that connect to all circles. */
export const agentsResource = 'deployment:agents'

/** A resource that grants and tickets name. */
export type Resource = ChannelResource | typeof statsResource | typeof inboxResource

/** The caller's private circle with an agent, as a resource. */
export function directResource(agent: string): `chat:${string}` {
  return `${directResourcePrefix}${agent}`
}

/** The agent of a private circle's resource, or null: it is another resource. */
export function agentOfDirect(resource: string): string | null {
  return resource.startsWith(directResourcePrefix) ? resource.slice(directResourcePrefix.length) : null
}

/** The agent of `chat:pickle` or `circle:chat~pickle~<hash>`, or null: it is another resource. */
export function agentIn(resource: string): string | null {
  return agentOfDirect(resource) ?? agentOf(resource.replace('circle:', ''))
}

const directResourcePrefix = 'chat:'

/** Reads `circle:dev-team`, `chat:pickle`, `deployment:stats` or `deployment:inbox`; null if it is something else. */
export function parseResource(text: string, kinds: ChannelKinds): Resource | null {
  if (text === statsResource || text === inboxResource) return text
  const rawAgent = agentOfDirect(text)
  if (rawAgent !== null) {
    const agent = canonicalName(rawAgent)
    return agent === null ? null : directResource(agent)
  }
  const channel = parseChannel(text, kinds, nameAtDoor)
  return channel && `${channel.kind}:${channel.name}`
}

/** Returns the name of a user's private circle with an agent. Whoever asks for that of somebody else is refused. */
export async function directChannelName(agent: string, userId: string): Promise<string> {
  return `${directPrefix}${agent}~${await shortHash(userId)}`
}

/** Returns the name of the private chat of two people, whichever of them asks. */
export async function pairChannelName(one: string, other: string): Promise<string> {
  return `${pairPrefix}${await shortHash(JSON.stringify([one, other].toSorted()))}`
}

async function shortHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest, 0, 16), byte => byte.toString(16).padStart(2, '0')).join('')
}
