import type { AgentDescription, TurnRequest } from './protocol/turns.ts'

/** An agent behind a service binding `AGENT_<ID>`. */
export type AgentBinding = {
  describe(): Promise<AgentDescription>
  turn(request: TurnRequest): Promise<ReadableStream<Uint8Array>>
}

/** Bindings and settings of the Worker; wrangler.toml declares them, README explains them. */
export type Env = {
  CIRCLES: DurableObjectNamespace
  WORKSPACES: DurableObjectNamespace
  AGENT_CHANNELS: DurableObjectNamespace
  ASSETS?: Fetcher
  AUTH?: string // 'token' | 'open'
  AUTH_SECRET?: string // HS256
  AUTH_JWKS_URL?: string // RS256, ES256, EdDSA
  AUTH_ISSUER?: string
  AUTH_AUDIENCE?: string
  ALLOWED_ORIGINS?: string // commas between them
  AGENT_PICKLE?: AgentBinding
}
