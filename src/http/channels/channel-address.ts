import type { Principal } from '../../auth/principal.ts'
import { type ChannelResource, directChannelName } from '../../auth/resource.ts'
import { type ChannelKind, parseChannel } from '../../protocol/channels.ts'

/** A channel by its kind and name. */
export type ChannelAddress = { kind: ChannelKind; name: string }

/** The channel behind a resource; `chat:<agent>` is the caller's own private circle with that agent. */
export async function addressOf(place: ChannelResource, caller: Principal | null): Promise<ChannelAddress> {
  const channel = parseChannel(place)
  if (channel) return channel
  if (caller === null) throw new Error(`a private circle needs somebody it belongs to; nobody came to ${place}`)
  return { kind: 'circle', name: await directChannelName(place.slice('chat:'.length), caller.id) }
}
