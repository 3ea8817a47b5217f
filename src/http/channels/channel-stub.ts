import type { Principal } from '../../auth/principal.ts'
import { type ChannelResource, directChannelName } from '../../auth/resource.ts'
import { builtinKinds } from '../../protocol/channel-kinds.ts'
import { type ChannelAddress, parseChannel } from '../../protocol/channels.ts'

/** The channel that a place is for this caller. */
export async function addressOf(place: ChannelResource, caller: Principal | null): Promise<ChannelAddress> {
  const channel = parseChannel(place, builtinKinds)
  if (channel) return channel
  if (caller === null) throw new Error(`a private circle needs somebody it belongs to; nobody came to ${place}`)
  return { kind: 'circle', name: await directChannelName(place.slice('chat:'.length), caller.id) }
}
