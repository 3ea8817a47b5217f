import type { Principal } from '../../auth/principal.ts'
import { agentOfDirect, type ChannelResource, directChannelName } from '../../auth/resource.ts'
import { type ChannelKinds, defaultKind } from '../../protocol/channels/channel-kinds.ts'
import { type ChannelAddress, nameAtDoor, parseChannel } from '../../protocol/channels/channels.ts'

/** The channel behind a resource; `chat:<agent>` is the caller's own private circle with that agent. */
export async function addressOf(
  resource: ChannelResource,
  caller: Principal | null,
  kinds: ChannelKinds,
): Promise<ChannelAddress> {
  const channel = parseChannel(resource, kinds, nameAtDoor)
  if (channel) return channel
  const agent = agentOfDirect(resource)
  if (agent === null || caller === null) throw new Error(`expected a caller for ${resource}`)
  return { kind: defaultKind.kind, name: await directChannelName(agent, caller.id) }
}
