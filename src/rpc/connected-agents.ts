import type { AgentAddress } from '../protocol/agent-address.ts'
import type { ConnectedAgentInfo } from '../protocol/connected-agents.ts'
import type { AgentDescription, CircleAccess, TurnRequest } from '../protocol/turns.ts'

/** The header in which the Worker passes on the hash of the key that an agent sent. */
export const keyHashHeader = 'x-circles-agent-key-hash'

/** An agent as its object keeps it. `creator`: a user id. */
export type ConnectedAgentEntry = ConnectedAgentInfo & { creator: string }

/** The methods of the object of one agent that connects, and of the one object that lists them all. */
export interface ConnectedAgentRpc {
  /** Accepts the WebSocket of an upgrade, if its key is the agent's. */
  fetch(request: Request): Promise<Response>
  /** Calls the agent for a turn and returns the reply as a byte stream of NDJSON parts. */
  turn(request: TurnRequest, circle: CircleAccess): Promise<ReadableStream<Uint8Array>>
  /** Makes the agent, or gives it another key: a socket that the old one opened closes. It is called at no address. */
  make(entry: ConnectedAgentEntry, keyHash: string): void
  /** Makes the agent, or gives it another address, where it is called from now on: a socket of it closes. */
  callAt(entry: ConnectedAgentEntry, address: AgentAddress): Promise<void>
  /** The agent, or null: there is none of this name. */
  info(): ConnectedAgentInfo | null
  /** Deletes the agent: its socket closes, and its turns fail. */
  remove(): Promise<void>
  /** Of the list: adds an agent. */
  add(entry: ConnectedAgentEntry): 'added' | 'taken' | 'full'
  /** Of the list: replaces what is known of an agent. */
  put(info: ConnectedAgentInfo): void
  /** Of the list: the entry with this id, or null. */
  find(id: string): ConnectedAgentEntry | null
  /** Of the list: the agents in a circle of this name; null: all. */
  list(circle: string | null): ConnectedAgentInfo[]
  /** Of the list: removes an agent. */
  drop(id: string): void
}

/** What people read of an agent. */
export function describedAs({ id, name, description, observe }: ConnectedAgentInfo): AgentDescription {
  return { id, name, description, ...(observe && { observe }) }
}
