import type { ConnectedAgents } from '../agents/connected-agents.ts'
import type { Env } from '../env.ts'
import { connectedAgentEndpoints } from '../http/routes/connected-agents.ts'
import type { ConnectedAgentsPart } from '../http/site.ts'
import { agentSocket } from '../http/sockets/agent-socket.ts'
import type { ComponentPorts } from '../rooms/object/components.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'
import { ConnectedAgentList, connectedAgentList } from '../rooms/turns/connected-agents.ts'
import { describedAs } from '../rpc/connected-agents.ts'
import { connectedAgentListStub, connectedAgentStub } from '../stubs.ts'

/** Agents that connect over a WebSocket, as `connectedAgents` gives them to `defineCircle` and `circles`. */
export type ConnectedAgentsFeature = {
  readonly feature: 'connectedAgents'
  /** @internal */
  readonly site: ConnectedAgentsPart
  /** @internal */
  components(ports: ComponentPorts): ComponentDefinition[]
}

/** Agents that connect over a WebSocket, for `defineCircle` and `circles`. */
export const connectedAgents: ConnectedAgentsFeature = {
  feature: 'connectedAgents',
  site: { endpoints: connectedAgentEndpoints, socket: agentSocket, agentsOf },
  components({ env, name, agents, background, runIfExists }) {
    const connected = agentsOf(env, name)
    if (connected === null) return []
    const ask = async () => {
      const list = await connected.list().catch(() => null)
      runIfExists((room, now) =>
        room.run(({ components }) => components.get(ConnectedAgentList).received(list, now), now),
      )
    }
    return [connectedAgentList({ registry: agents, ask: () => background.run(ask()) })]
  },
}

/** The agents of a circle, or of all (null); null: the Worker does not export `ConnectedAgent`. */
function agentsOf(env: Env, circle: string | null): ConnectedAgents | null {
  const list = connectedAgentListStub(env)
  if (list === null) return null
  return {
    async list() {
      return (await list.list(circle)).map(describedAs)
    },
    binding: id => ({
      async turn(...call) {
        const stub = connectedAgentStub(env, id)
        if (stub === null) throw new Error('expected the binding CONNECTED_AGENTS')
        return stub.turn(...call)
      },
      describe: () => Promise.reject(new Error('its description is in the list')),
    }),
  }
}
