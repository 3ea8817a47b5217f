import type { ChannelKindDefinition } from '../../protocol/channels/channel-kinds.ts'
import { defaultKind, kinds } from '../tables.ts'

/** Returns everything in which the kind of a channel differs from the others. The name is as on the wire: `circle:dev`. */
export function kindOf(channel: string): ChannelKindDefinition {
  return kinds.get(channel.slice(0, channel.indexOf(':'))) ?? defaultKind
}

/** The name of a channel without its kind. */
export const nameOf = (channel: string): string => channel.slice(channel.indexOf(':') + 1)

/** Is this channel, `circle:dm~…`, a private chat? */
export const isPrivateChat = (channel: string): boolean => kindOf(channel).privateName(nameOf(channel)) !== null
