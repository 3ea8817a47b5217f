import type { Principal } from '../../auth/principal.ts'
import { type ChannelResource, directChannelName } from '../../auth/resource.ts'
import { builtinKinds } from '../../protocol/channel-kinds.ts'
import { type ChannelAddress, parseChannel } from '../../protocol/channels.ts'

/** The channel behind a resource; `chat:<agent>` is the caller's own private circle with that agent. */
export async function addressOf(resource: ChannelResource, caller: Principal | null): Promise<ChannelAddress> {
  const channel = parseChannel(resource, builtinKinds)
  if (channel) return channel
  if (caller === null) throw new Error(`expected a caller for the private circle ${resource}, got null`)
  return { kind: 'circle', name: await directChannelName(resource.slice('chat:'.length), caller.id) }
}
