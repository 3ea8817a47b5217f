import { isLoopback } from '../lib/public-url.ts'
import { type Grants, readGrants } from './grants.ts'
import { type JwksCache, jwksCacheOf } from './jwks.ts'
import type { AuthSettings } from './settings.ts'
import type { SigningSecrets } from './signing-secrets.ts'

/** The checks for tokens of one issuer. The algorithms come from the configuration, never from the token. */
export type TokenCheck = {
  keys: { secrets: SigningSecrets } | { jwks: JwksCache }
  algorithms: string[]
  issuer: string | null
  audience: string | null
  maxTtl: number // maximum remaining lifetime (s)
  grants: Grants | null // the rights of all users of this issuer; null: each token's claim `channels`
}

/** The authentication policy, read from the settings once and validated as a whole. */
export type Policy =
  | { kind: 'unconfigured'; message: string }
  | {
      kind: 'open' | 'token'
      tokens: TokenCheck | null // null: tokens are ignored; under `open`, or where the Worker around Circles knows its users
      access: TokenCheck | null // Cloudflare Access in front of this server
      ticketSecrets: SigningSecrets
      origins: readonly string[] // besides the server's own
    }

/** A policy under which requests can be authenticated. */
export type Configured = Exclude<Policy, { kind: 'unconfigured' }>

const publicKeys = ['RS256', 'ES256', 'EdDSA']
const secretBytes = 32 // RFC 7518, 3.2: an HS256 key is at least as long as its hash
const day = 86_400
const encoder = new TextEncoder()

// Under `open` anyone can use any guest's name, and a ticket signed with this proves no more: see authenticate.ts.
const openTicketSecrets: SigningSecrets = [encoder.encode('under the policy `open`, a ticket proves nothing')]

const policies = new WeakMap<AuthSettings, Policy>() // the settings of an isolate never change

/** Reads the settings. If one is missing or contradicts another, nobody is admitted, and the message says what to set. */
export function readPolicy(env: AuthSettings): Policy {
  const policy = policies.get(env) ?? policyOf(env)
  policies.set(env, policy)
  return policy
}

function policyOf(env: AuthSettings): Policy {
  try {
    return configured(env)
  } catch (error) {
    if (error instanceof Misconfigured) return { kind: 'unconfigured', message: error.message }
    throw error
  }
}

class Misconfigured extends Error {}

function configured(env: AuthSettings): Configured {
  const kind = env.AUTH
  if (kind === 'site') return { kind: 'token', tokens: tokenCheck(env), ...othersOf(env, 'token') }
  if (kind !== 'open' && kind !== 'token') {
    throw new Misconfigured('Set AUTH to "token", or to "open" for use on your own machine, as `npm start` does.')
  }
  const tokens = tokenCheck(env)
  if (kind === 'token' && tokens === null) {
    throw new Misconfigured(
      'AUTH is "token": set AUTH_SECRET (at least 32 bytes; here, or for `npm start` in .dev.vars) or AUTH_JWKS_URL.',
    )
  }
  return { kind, tokens, ...othersOf(env, kind) }
}

function othersOf(env: AuthSettings, kind: Configured['kind']) {
  return { access: accessCheck(env), ticketSecrets: ticketSecrets(env, kind), origins: origins(env) }
}

function tokenCheck(env: AuthSettings): TokenCheck | null {
  if (env.AUTH_SECRET && env.AUTH_JWKS_URL) {
    throw new Misconfigured('Set either AUTH_SECRET or AUTH_JWKS_URL, not both; TICKET_SECRET signs tickets.')
  }
  if (env.AUTH_SECRET_PREVIOUS && !env.AUTH_SECRET) {
    throw new Misconfigured('AUTH_SECRET_PREVIOUS is the secret before AUTH_SECRET: set that one as well.')
  }
  const claims = {
    issuer: env.AUTH_ISSUER || null,
    audience: env.AUTH_AUDIENCE || null,
    maxTtl: maxTtl(env),
    grants: null,
  }
  if (env.AUTH_SECRET) {
    return { keys: { secrets: authSecrets(env, env.AUTH_SECRET) }, algorithms: ['HS256'], ...claims }
  }
  if (env.AUTH_JWKS_URL) {
    return { keys: { jwks: jwksCacheOf(keysUrl(env.AUTH_JWKS_URL)) }, algorithms: publicKeys, ...claims }
  }
  return null
}

function accessCheck(env: AuthSettings): TokenCheck | null {
  if (!env.AUTH_ACCESS_TEAM) return null
  if (!env.AUTH_ACCESS_AUDIENCE || !env.AUTH_ACCESS_CHANNELS) {
    throw new Misconfigured('AUTH_ACCESS_TEAM also requires AUTH_ACCESS_AUDIENCE and AUTH_ACCESS_CHANNELS.')
  }
  const team = env.AUTH_ACCESS_TEAM.replace(/\/+$/, '')
  return {
    keys: { jwks: jwksCacheOf(keysUrl(`${team}/cdn-cgi/access/certs`)) },
    algorithms: ['RS256'],
    issuer: team,
    audience: env.AUTH_ACCESS_AUDIENCE,
    maxTtl: maxTtl(env),
    grants: accessGrants(env.AUTH_ACCESS_CHANNELS),
  }
}

function accessGrants(json: string): Grants {
  const grants = readGrants(parsed(json))
  if (grants.length === 0) {
    throw new Misconfigured('AUTH_ACCESS_CHANNELS must be JSON like {"circle:*":"member"}.')
  }
  return grants
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // invalid JSON grants nothing, like other invalid values
  }
}

function ticketSecrets(env: AuthSettings, kind: Configured['kind']): SigningSecrets {
  const [first, ...others] = signingSecrets(env, kind)
  const scope = new TextEncoder().encode(env.TICKET_SCOPE)
  const scoped = (secret: Uint8Array) => Uint8Array.of(...secret, ...scope)
  return [scoped(first), ...others.map(scoped)]
}

function signingSecrets(env: AuthSettings, kind: Configured['kind']): SigningSecrets {
  if (env.AUTH_SECRET) return authSecrets(env, env.AUTH_SECRET)
  if (env.TICKET_SECRET) return [secret('TICKET_SECRET', env.TICKET_SECRET)]
  if (kind === 'open') return openTicketSecrets
  throw new Misconfigured(
    'AUTH_JWKS_URL also requires TICKET_SECRET (at least 32 bytes), because this server signs tickets.',
  )
}

/** The secret, and the one before it while that still counts. */
function authSecrets({ AUTH_SECRET_PREVIOUS: previous }: AuthSettings, current: string): SigningSecrets {
  const secrets: SigningSecrets = [secret('AUTH_SECRET', current)]
  return previous ? [...secrets, secret('AUTH_SECRET_PREVIOUS', previous)] : secrets
}

function secret(name: string, value: string): Uint8Array {
  const bytes = encoder.encode(value)
  if (bytes.byteLength < secretBytes) throw new Misconfigured(`${name} is too short: it needs at least 32 bytes.`)
  return bytes
}

function keysUrl(text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return url.href
  throw new Misconfigured('AUTH_JWKS_URL and AUTH_ACCESS_TEAM must begin with https://.')
}

function maxTtl(env: AuthSettings): number {
  if (!env.AUTH_MAX_TTL) return day
  if (/^[1-9]\d{0,8}$/.test(env.AUTH_MAX_TTL)) return Number(env.AUTH_MAX_TTL)
  throw new Misconfigured('AUTH_MAX_TTL must be a number of seconds.')
}

function origins(env: AuthSettings): string[] {
  const texts = (env.ALLOWED_ORIGINS ?? '').split(',').map(text => text.trim().replace(/\/$/, ''))
  return texts.filter(text => text !== '').map(origin)
}

function origin(text: string): string {
  const url = URL.parse(text)
  if (url && url.origin === text.toLowerCase()) return url.origin
  throw new Misconfigured('ALLOWED_ORIGINS must be origins like https://example.org, with commas between them.')
}
