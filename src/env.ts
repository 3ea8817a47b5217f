import type { AuthSettings } from './auth/settings.ts'
import type { AgentDescription, CircleAccess, TurnRequest } from './protocol/turns.ts'
import type { ChannelRpc } from './rpc/channel.ts'
import type { ConnectedAgentRpc } from './rpc/connected-agents.ts'
import type { DirectoryRpc } from './rpc/directory.ts'
import type { InboxRpc } from './rpc/inbox.ts'
import type { RelayRpc } from './rpc/relay.ts'
import type { StatsRpc } from './rpc/stats.ts'
import type { TokenRegistryRpc } from './rpc/tokens.ts'

/** An agent behind a service binding `AGENT_<ID>`. */
export type AgentBinding = {
  describe(): Promise<AgentDescription>
  turn(request: TurnRequest, circle: CircleAccess): Promise<ReadableStream<Uint8Array>>
}

/** A binding to Durable Objects whose class implements `Api`. */
export type ObjectNamespace<Api> = DurableObjectNamespace<Api & Rpc.DurableObjectBranded>

/** Bindings and settings of the Worker. wrangler.toml declares them; docs/operations.md lists all settings. */
export type Env = AuthSettings & {
  CIRCLES: ObjectNamespace<ChannelRpc>
  WORKSPACES: ObjectNamespace<ChannelRpc>
  AGENT_CHANNELS: ObjectNamespace<ChannelRpc>
  DOCUMENTS: ObjectNamespace<ChannelRpc>
  PASSES: ObjectNamespace<TokenRegistryRpc> // sixteen objects, by the user's id
  REGISTER: ObjectNamespace<DirectoryRpc> // one object
  STATS?: ObjectNamespace<StatsRpc> // one object; without this binding there are no figures
  INBOXES?: ObjectNamespace<InboxRpc> // one object per person; without this binding nobody has an inbox
  CONNECTED_AGENTS?: ObjectNamespace<ConnectedAgentRpc> // one object per agent, and one that lists them
  CIRCLE_RELAYS?: ObjectNamespace<RelayRpc> // as many per circle as its members need; without this binding there are none
  DEAD_EVENTS?: Queue // events that no channel accepts
  ASSETS?: Fetcher
  FILES?: R2Bucket // of what people upload; without this binding nobody can
  UPGRADES?: RateLimit // upgrades per client address
  WEBHOOKS_LOOPBACK?: string // 'allow': webhooks may go to this machine, for tests
  LIMITS?: string // JSON, see protocol/channels/limits-setting.ts
  SINKS?: string // JSON, see rooms/outbound/sinks/setting.ts
  RELAYS?: string // 'off' if not set, or JSON, see relay/settings.ts
  METRICS_TOKEN?: string // at least 16 characters: the bearer token of /metrics
  LOG?: string // 'json' if not set, 'faults', 'off': docs/operations.md
  AGENT_PICKLE?: AgentBinding
  AGENT_SCRIBE?: AgentBinding
  AGENT_BASE_URL?: string // of a language model: https://api.example.com/v1
  AGENT_API_KEY?: string
  AGENT_MODEL?: string
  AI?: Ai // Workers AI, instead of an address
  AGENT_PROMPT?: string // added to the system prompt of Pickle in every circle
}
