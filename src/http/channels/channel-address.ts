import type { Principal } from '../../auth/principal.ts'
import { agentOfDirect, type ChannelResource, directChannelName } from '../../auth/resource.ts'
import type { ChannelKinds } from '../../protocol/channels/channel-kinds.ts'
import { type ChannelAddress, parseChannel } from '../../protocol/channels/channels.ts'

/** The channel behind a resource; `chat:<agent>` is the caller's own private circle with that agent. */
export async function addressOf(
  resource: ChannelResource,
  caller: Principal | null,
  kinds: ChannelKinds,
): Promise<ChannelAddress> {
  const channel = parseChannel(resource, kinds)
  if (channel) return channel
  const agent = agentOfDirect(resource)
  if (agent === null) throw new Error(`expected a channel or a private circle, got ${resource}`)
  if (caller === null) throw new Error(`expected a caller for the private circle ${resource}, got null`)
  const direct = [...kinds.values()].find(({ sockets }) => sockets.some(({ isDirect }) => isDirect))
  if (direct === undefined) throw new Error('expected a kind with private circles, got none')
  return { kind: direct.kind, name: await directChannelName(agent, caller.id) }
}
