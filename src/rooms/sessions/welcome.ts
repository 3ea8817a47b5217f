import type { AgentInfo, Welcome } from '../../protocol/frames.ts'
import type { RoomContext } from '../context.ts'
import type { Session } from './session.ts'

/** The data of the `welcome` frame: everything a native client needs to begin. Components add their keys. */
export function welcomeOf(context: RoomContext, session: Session, recovered: boolean | null): Welcome {
  const { log, settings, presence, turns, limits, components } = context
  const { title, status, default_agent, visibility, writers } = settings.value
  return {
    session: session.id,
    user: session.user,
    epoch: settings.epoch,
    head: log.head,
    earliest: log.earliest,
    recovered,
    members: presence.members(),
    member_count: presence.count,
    agents: agentsOf(context),
    live: turns.inFlight(),
    circle: { title, status, default_agent, visibility, ...(writers !== 'members' && { writers }) },
    limits,
    ...(session.relay !== undefined && { relay: session.relay }),
    ...Object.assign({}, ...components.all().map(component => component.welcome?.(session) ?? {})),
  }
}

/** The agents that can be prompted here: those that are bound, and those the circle names though they are not. */
function agentsOf({ agents, settings, kind }: RoomContext): AgentInfo[] {
  if (!kind.wakesAgents) return []
  const own = settings.agents()
  return [...agents.ids.union(own)].map(id => {
    const { name, description } = agents.description(id)
    return { id, name, description, joined: own.has(id) }
  })
}
