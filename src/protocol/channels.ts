import { z } from 'zod'

/** The kinds of channel there are. */
export const channelKind = z.enum(['circle', 'workspace', 'agent'])
export type ChannelKind = z.infer<typeof channelKind>

/** A channel as it is written on the wire, `circle:dev-team`. */
export type ChannelName = `${ChannelKind}:${string}`

const pattern = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/

/** The canonical (lower-case) name, or null if nothing can be called that. */
export function canonicalName(raw: string): string | null {
  const name = raw.toLowerCase()
  return pattern.test(name) ? name : null
}

/** Reads `circle:dev-team`; null if it is no channel. */
export function parseChannel(text: string): { kind: ChannelKind; name: string } | null {
  const colon = text.indexOf(':')
  const kind = channelKind.safeParse(text.slice(0, colon))
  const name = canonicalName(text.slice(colon + 1))
  return kind.success && name !== null ? { kind: kind.data, name } : null
}
