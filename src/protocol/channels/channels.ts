import * as z from 'zod/v4'
import { canonicalName } from './canonical-name.ts'
import { builtinKinds, type ChannelKind, type ChannelKinds } from './channel-kinds.ts'

/** The name of a kind of channel. */
export type { ChannelKind }
export { canonicalName }

/** The names of our own kinds of channel. */
export const channelKind = z.enum([...builtinKinds.keys()] as [ChannelKind, ...ChannelKind[]])

/** A channel as it is written on the wire, `circle:dev-team`. */
export type ChannelName = `${ChannelKind}:${string}`

/** A channel by its kind and its name. */
export type ChannelAddress = { kind: ChannelKind; name: string }

/** What the documents say of a channel's name: upper case is taken, too, and counts as lower case. */
export const namePattern = '[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?'

/** Reads `circle:dev-team`; null if it names no channel of these kinds. */
export function parseChannel(text: string, kinds: ChannelKinds): ChannelAddress | null {
  const colon = text.indexOf(':')
  const kind = kinds.get(text.slice(0, colon))?.kind
  const name = canonicalName(text.slice(colon + 1))
  return kind === undefined || name === null ? null : { kind, name }
}
