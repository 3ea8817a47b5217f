import type { ChannelKind, ChannelName } from '../protocol/channels.ts'
import { subprotocol, ticketPrefix } from '../protocol/version.ts'
import type { Credentials, Reason } from './connection.ts'
import type { World } from './ports.ts'

/** How a client says who it is: with a token, or as a guest by name (policy `open`). */
export type Identity = { token: TokenSource } | { name: string }

/** Gives a token; `renew` says that the last one was refused or has ended. */
export type TokenSource = (want: { renew: boolean }) => string | Promise<string>

const paths = { circle: 'circles', workspace: 'workspaces', agent: 'agents' } as const satisfies Record<
  ChannelKind,
  string
>

/** `http://host/base/` of a server, from any of http, https, ws, wss; relative to the page where there is one. */
export function baseOf(url: string): string {
  const base = new URL(url, globalThis.location?.href)
  base.protocol = base.protocol.replace('ws', 'http')
  base.search = ''
  base.hash = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  return base.href
}

/** The URL of a channel's socket. */
export function socketUrl(base: string, channel: ChannelName, query: Record<string, string>): string {
  const [kind, name] = split(channel)
  const url = new URL(`ws/${paths[kind]}/${encodeURIComponent(name)}`, base)
  url.protocol = url.protocol.replace('http', 'ws')
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  return url.href
}

function split(channel: ChannelName): [ChannelKind, string] {
  const colon = channel.indexOf(':')
  return [channel.slice(0, colon) as ChannelKind, channel.slice(colon + 1)]
}

type Asking = { identity: Identity; channel: ChannelName; base: string; world: World; renew: boolean }

export type Refusal = { status: number; reason: Reason; retryAfterMs: number | null }

/**
 * Credentials for one attempt. A ticket is asked for by HTTP, where a refusal can be seen: a browser tells nobody why
 * an upgrade failed.
 */
export async function credentialsFor({
  identity,
  channel,
  base,
  world,
  renew,
}: Asking): Promise<Credentials | Refusal> {
  if ('name' in identity) {
    return renew
      ? { status: 401, reason: { code: 'unauthenticated', message: 'Guests may not stay here.' }, retryAfterMs: null }
      : { query: { name: identity.name }, protocols: [subprotocol] }
  }
  const token = await identity.token({ renew })
  const response = await world.fetch(new URL('api/tickets', base).href, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel }),
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.ok && isTicket(body)) return { query: {}, protocols: [subprotocol, ticketPrefix + body.ticket] }
  const after = Number(response.headers.get('retry-after')) * 1000
  return {
    status: response.ok ? 502 : response.status,
    reason: reasonOf(body) ?? { code: `http_${response.status}`, message: `The server answered ${response.status}.` },
    retryAfterMs: after > 0 ? after : null,
  }
}

const isTicket = (body: unknown): body is { ticket: string } =>
  typeof body === 'object' && body !== null && 'ticket' in body && typeof body.ticket === 'string'

function reasonOf(body: unknown): Reason | null {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  if (typeof error !== 'object' || error === null) return null
  return { code: String('code' in error ? error.code : ''), message: String('message' in error ? error.message : '') }
}
