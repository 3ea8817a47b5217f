import type { AgentDescription, CircleAccess, TurnRequest } from './protocol/turns.ts'

/** An agent behind a service binding `AGENT_<ID>`. */
export type AgentBinding = {
  describe(): Promise<AgentDescription>
  turn(request: TurnRequest, circle: CircleAccess): Promise<ReadableStream<Uint8Array>>
}

/** Bindings and settings of the Worker; wrangler.toml declares them, README explains them. */
export type Env = {
  CIRCLES: DurableObjectNamespace
  WORKSPACES: DurableObjectNamespace
  AGENT_CHANNELS: DurableObjectNamespace
  PASSES: DurableObjectNamespace // each for some of those who bring tokens
  REGISTER: DurableObjectNamespace // which circles there are
  STATS?: DurableObjectNamespace // what all channels counted; without it nobody asks them
  DEAD_EVENTS?: Queue // where events lie that no channel will ever take
  ASSETS?: Fetcher
  AUTH?: string // 'token' | 'open'
  AUTH_SECRET?: string // HS256; either this …
  AUTH_JWKS_URL?: string // … or this: RS256, ES256, EdDSA
  AUTH_ISSUER?: string
  AUTH_AUDIENCE?: string
  AUTH_MAX_TTL?: string // seconds a token may still live, a day if not set
  AUTH_ACCESS_TEAM?: string // Cloudflare Access in front: https://<team>.cloudflareaccess.com
  AUTH_ACCESS_AUDIENCE?: string // its application's AUD tag
  AUTH_ACCESS_CHANNELS?: string // what its people may do, as a token's `channels` in JSON
  TICKET_SECRET?: string // signs tickets where there is no AUTH_SECRET
  ALLOWED_ORIGINS?: string // commas between them
  UPGRADES?: RateLimit // how many sockets one address may ask for
  WEBHOOKS_LOOPBACK?: string // 'allow': webhooks may go to this machine, for tests
  LIMITS?: string // JSON, see protocol/limits.ts
  METRICS_TOKEN?: string // at least 16 characters: the bearer token that /metrics wants
  LOG?: string // 'json' if not set, 'faults', 'off': docs/operations.md
  AGENT_PICKLE?: AgentBinding
  AGENT_SCRIBE?: AgentBinding
  AGENT_BASE_URL?: string // of a language model: https://api.example.com/v1
  AGENT_API_KEY?: string
  AGENT_MODEL?: string
  AI?: Ai // Workers AI, instead of an address
  AGENT_PROMPT?: string // what you want of Pickle, beside what each circle says
}
