import type { ConnectedAgents } from '../../agents/connected-agents.ts'
import type { Principal } from '../../auth/principal.ts'
import type { Env } from '../../env.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { User } from '../../protocol/roles.ts'
import type { OwnEntry, OwnResult } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import type { Outcome } from '../outcome.ts'
import type { TokenCache } from '../sessions/token-cache.ts'
import type { ComponentDefinition, RoomTables } from '../tables.ts'
import type { ComponentPorts } from './components.ts'
import type { RelaySessions, RelaySessionsPorts } from './relay-sessions.ts'
import type { Sockets } from './sockets.ts'

/** The tables of a kind of channel. `components` gets what only the object can give them. */
export type KindTables = Pick<RoomTables, 'kind' | 'commands' | 'events' | 'hooks' | 'regex' | 'wrappings'> & {
  components: (ports: ComponentPorts) => readonly ComponentDefinition[]
  connectedAgents?(env: Env, circle: string): ConnectedAgents | null
  own?: OwnPorts
  /** Asks what a caller may do in a channel that belongs to another; absent: what their token says. */
  admit?(env: Env, name: string, principal: Principal): Promise<Principal | Refusal>
  resolveEnv?(env: object, state: DurableObjectState): Env // adds what the Worker exports to what is bound
  relays?(ports: RelaySessionsPorts): RelaySessions | null // null: they are off
}

/** How the code of a circle of somebody else's is called from outside of its room. */
export type OwnPorts = {
  onRequest?(context: RoomContext, request: Request, user: User): Response | Promise<Response>
  append(context: RoomContext, entry: OwnEntry, now: number): { result: OwnResult; outcome: Outcome }
}

/** What an object has before its room is opened, and hands to its host. None of it touches the storage. */
export type Entrance = {
  limits: Limits
  sockets: Sockets
  tokens: TokenCache
  connect: RelaySessionsPorts['connect'] // of a member of a relay
}
