import type { AgentDescription } from '../../protocol/turns.ts'

/** The name and the description that people see of an agent. */
export type AgentMetadata = { name: string; description: string }

/** Returns the result of the RPC method `describe`. Its id is informal: the room uses the one of the binding. */
export function descriptionOf(metadata: AgentMetadata): AgentDescription {
  return { id: metadata.name.toLowerCase().replaceAll(' ', '-'), ...metadata }
}
