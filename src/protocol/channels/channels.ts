import * as z from 'zod/v4'
import { canonicalName } from './canonical-name.ts'
import { builtinKinds, type ChannelKind, type ChannelKindDefinition, type ChannelKinds } from './channel-kinds.ts'

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

/** The pattern of the names of a kind: those within another have two parts, `dev/plan`. */
export function namePatternOf({ within }: Pick<ChannelKindDefinition, 'within'>): string {
  return within === null ? namePattern : `${namePattern}/${namePattern}`
}

/** The one spelling of a name of a kind, or null: no channel of this kind can have it. */
export function canonicalNameOf({ within }: Pick<ChannelKindDefinition, 'within'>, raw: string): string | null {
  if (within === null) return canonicalName(raw)
  const parts = raw.split('/').map(canonicalName)
  return parts.length === 2 && !parts.includes(null) ? parts.join('/') : null
}

/** The same for a name that comes over a socket's path, in a request or in a ticket: private chats are named there, too. */
export function nameAtDoor(
  definition: Pick<ChannelKindDefinition, 'within' | 'privateName'>,
  raw: string,
): string | null {
  return canonicalNameOf(definition, raw) ?? definition.privateName(raw)
}

/** The channel that another belongs to: `document:dev/plan` to `circle:dev`. Null: this one belongs to none. */
export function outerChannel(channel: string): ChannelName | null {
  const address = parseChannel(channel, builtinKinds)
  const outer = address === null ? null : (builtinKinds.get(address.kind)?.within ?? null)
  return address === null || outer === null ? null : `${outer}:${address.name.slice(0, address.name.indexOf('/'))}`
}

type NameOf = (definition: ChannelKindDefinition, raw: string) => string | null

/** Reads `circle:dev-team`; null if it names no channel of these kinds. `nameOf`: `nameAtDoor`, where private chats count. */
export function parseChannel(
  text: string,
  kinds: ChannelKinds,
  nameOf: NameOf = canonicalNameOf,
): ChannelAddress | null {
  const colon = text.indexOf(':')
  const definition = kinds.get(text.slice(0, colon))
  const name = definition === undefined ? null : nameOf(definition, text.slice(colon + 1))
  return definition === undefined || name === null ? null : { kind: definition.kind, name }
}
