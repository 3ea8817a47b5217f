import type { AgentInfo, Welcome } from '../../protocol/frames.ts'
import type { RoomContext } from '../context.ts'
import { workspaceInfo } from '../outbound/workspace-info.ts'
import type { Session } from './session.ts'

/** Everything a native client needs to begin. */
export function buildWelcome(context: RoomContext, session: Session, recovered: boolean | null): Welcome {
  const { channel, log, settings, presence, answers, limits } = context
  const { title, status, default_agent, visibility } = settings.value
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
    live: answers.inFlight(),
    circle: { title, status, default_agent, visibility },
    ...(channel.kind === 'workspace' && { workspace: workspaceInfo(log) }),
    limits,
  }
}

/** The agents that can be asked here: those that are bound, and those the circle names though they are not. */
function agentsOf({ agents, settings, channel }: RoomContext): AgentInfo[] {
  if (!channel.wakesAgents) return []
  const own = settings.agents()
  return [...agents.ids.union(own)].map(id => {
    const { name, description } = agents.about(id)
    return { id, name, description, joined: own.has(id) }
  })
}
