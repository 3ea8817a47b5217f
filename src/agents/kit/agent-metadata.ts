import type { AgentDescription } from '../../protocol/turns.ts'

/** The name and the description that people see of an agent. */
export type AgentMetadata = { name: string; description: string }

/** Returns the result of the RPC method `describe`. The room replaces the id by the one under which the agent is bound. */
export function descriptionOf(metadata: AgentMetadata): AgentDescription {
  return { id: metadata.name.toLowerCase().replaceAll(' ', '-'), ...metadata }
}
