import type { AgentBinding } from '../env.ts'
import type { AgentDescription } from '../protocol/turns.ts'

/** The agents that connect to a deployment, as a circle reaches them. */
export type ConnectedAgents = {
  binding(id: string): AgentBinding // also for an id that does not exist: its turn fails as `agent_unavailable`
  list(): Promise<AgentDescription[]> // of this circle
}
