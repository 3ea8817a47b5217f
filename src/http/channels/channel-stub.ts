import type { Principal } from '../../auth/principal.ts'
import { type ChannelResource, directChannelName } from '../../auth/resource.ts'
import type { Env } from '../../env.ts'
import { type ChannelKind, parseChannel } from '../../protocol/channels.ts'
import type { Command } from '../../protocol/commands.ts'
import type { MemberAct } from '../../protocol/member-schema.ts'
import type { AnyPublication, PublicationResult } from '../../protocol/publish-schema.ts'
import type { AdminRequestName, AdminRequestOf, AdminResult } from '../../rooms/admin/admin.ts'
import type { CommandResult } from '../../rooms/commands/response.ts'
import type { MembersResult } from '../../rooms/members/manage-members.ts'
import type { CallerContext } from '../../rooms/sessions/caller-context.ts'

/** A channel's object, as the Worker sees it. */
export type ChannelStub = {
  fetch(request: Request): Promise<Response>
  ask(caller: CallerContext, command: Command): Promise<CommandResult | null>
  publish(caller: CallerContext, publications: AnyPublication[]): Promise<PublicationResult[]>
  serve<Name extends AdminRequestName>(
    caller: CallerContext,
    service: AdminRequestOf<Name>,
  ): Promise<AdminResult<Name> | null>
  manage(caller: CallerContext, act: MemberAct): Promise<MembersResult | null>
}

/** The channel that a place is for this caller. */
export type ChannelAddress = { kind: ChannelKind; name: string }

export async function addressOf(place: ChannelResource, caller: Principal | null): Promise<ChannelAddress> {
  const channel = parseChannel(place)
  if (channel) return channel
  if (caller === null) throw new Error(`a private circle needs somebody it belongs to; nobody came to ${place}`)
  return { kind: 'circle', name: await directChannelName(place.slice('chat:'.length), caller.id) }
}

/** The object of a channel. Getting it starts nothing; the first call does. */
export function channelStub(env: Env, { kind, name }: ChannelAddress): ChannelStub {
  const namespaces = { circle: env.CIRCLES, workspace: env.WORKSPACES, agent: env.AGENT_CHANNELS }
  // Its classes answer `ask`; the binding's type does not know its classes.
  return namespaces[kind].getByName(name) as unknown as ChannelStub
}
