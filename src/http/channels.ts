import { type ChannelPlace, privateCircle } from '../auth/place.ts'
import type { Principal } from '../auth/principal.ts'
import type { Env } from '../env.ts'
import { type ChannelKind, parseChannel } from '../protocol/channels.ts'
import type { Command } from '../protocol/commands.ts'
import type { MemberAct } from '../protocol/membership.ts'
import type { AnyPublication, PublicationResult } from '../protocol/publications.ts'
import type { Managed } from '../rooms/membership.ts'
import type { Answer } from '../rooms/request.ts'
import type { Served, ServiceName, ServiceOf } from '../rooms/services/service.ts'
import type { Visit } from '../rooms/visit.ts'

/** A channel's object, as the Worker sees it. */
export type Channel = {
  fetch(request: Request): Promise<Response>
  ask(visit: Visit, command: Command): Promise<Answer | null>
  publish(visit: Visit, publications: AnyPublication[]): Promise<PublicationResult[]>
  serve<Name extends ServiceName>(visit: Visit, service: ServiceOf<Name>): Promise<Served<Name> | null>
  manage(visit: Visit, act: MemberAct): Promise<Managed | null>
}

/** The channel that a place is for this caller. */
export type ChannelAddress = { kind: ChannelKind; name: string }

export async function addressOf(place: ChannelPlace, caller: Principal | null): Promise<ChannelAddress> {
  const channel = parseChannel(place)
  if (channel) return channel
  if (caller === null) throw new Error(`a private circle needs somebody it belongs to; nobody came to ${place}`)
  return { kind: 'circle', name: await privateCircle(place.slice('chat:'.length), caller.id) }
}

/** The object of a channel. Getting it starts nothing; the first call does. */
export function channelAt(env: Env, { kind, name }: ChannelAddress): Channel {
  const namespaces = { circle: env.CIRCLES, workspace: env.WORKSPACES, agent: env.AGENT_CHANNELS }
  // Its classes answer `ask`; the binding's type does not know its classes.
  return namespaces[kind].getByName(name) as unknown as Channel
}
