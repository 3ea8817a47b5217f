import type { ChannelKind, ChannelName } from '../../protocol/channels.ts'
import { subprotocol, ticketPrefix } from '../../protocol/version.ts'
import type { ClientPlatform } from '../platform.ts'
import type { Credentials, Reason } from './connection.ts'

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

type Asking = {
  identity: Identity
  channel: ChannelName
  base: string
  world: ClientPlatform
  renew: boolean // the last token has ended
  doubt: boolean // the last socket was refused
}

export type Refusal = { status: number; reason: Reason; retryAfterMs: number | null }

/**
 * Credentials for one attempt, or why there are none. A ticket is asked for by HTTP, where a refusal can be seen: a
 * browser tells nobody why an upgrade failed. What the channel itself has against us shows only at the upgrade, so after
 * a refused socket its log is asked for, by the same person.
 */
export async function credentialsFor(asking: Asking): Promise<Credentials | Refusal> {
  const { identity, channel, base, world, renew, doubt } = asking
  if ('name' in identity) {
    if (renew) return { status: 401, reason: guestsLeave, retryAfterMs: null }
    const refusal = doubt ? await refusalOf(await world.fetch(logUrl(asking, identity.name), {})) : null
    return refusal ?? { query: { name: identity.name }, protocols: [subprotocol] }
  }
  const authorization = `Bearer ${await identity.token({ renew })}`
  const refusal = doubt
    ? await refusalOf(await world.fetch(logUrl(asking, null), { headers: { authorization } }))
    : null
  if (refusal !== null) return refusal
  const response = await world.fetch(new URL('api/tickets', base).href, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ channel }),
  })
  if (!response.ok) return asRefusal(response)
  const body: unknown = await response.json().catch(() => null)
  if (isTicket(body)) return { query: {}, protocols: [subprotocol, ticketPrefix + body.ticket] }
  return { status: 502, reason: { code: 'bad_gateway', message: 'No ticket was given.' }, retryAfterMs: null }
}

const guestsLeave: Reason = { code: 'unauthenticated', message: 'Guests may not stay here.' }

function logUrl({ base, channel }: Asking, name: string | null): string {
  const [kind, channelName] = split(channel)
  const url = new URL(`api/${paths[kind]}/${encodeURIComponent(channelName)}/events?limit=1`, base)
  if (name !== null) url.searchParams.set('name', name)
  return url.href
}

/** A channel that nobody has visited is not found yet, and no reason to stay away. */
const refusalOf = (response: Response): Promise<Refusal> | null =>
  response.ok || response.status === 404 ? null : asRefusal(response)

async function asRefusal(response: Response): Promise<Refusal> {
  const { status, headers } = response
  const after = Number(headers.get('retry-after')) * 1000
  const reason = reasonOf(await response.json().catch(() => null))
  return {
    status,
    reason: reason ?? { code: `http_${status}`, message: `The server answered ${status}.` },
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
