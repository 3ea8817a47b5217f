import { canonicalName } from '../../protocol/channels/canonical-name.ts'
import type { ChannelKind, ChannelName } from '../../protocol/channels/channels.ts'
import { pluralOf } from '../../protocol/plural.ts'
import { subprotocol, ticketPrefix } from '../../protocol/version.ts'
import type { ClientPlatform, FetchInit, FetchResponse } from '../platform.ts'
import type { Credentials, Reason } from './connection.ts'

/** How a client identifies itself: with a token, or as a guest by name (policy `open`). */
export type Identity = { token: TokenSource } | { name: string }

/** Returns a token. `renew` means that the last one was refused or has expired. */
export type TokenSource = (want: { renew: boolean }) => string | Promise<string>

/** `http://host/base/` of a server, from a URL of http, https, ws or wss; relative to the page where there is one. */
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
  const url = new URL(`ws/${pathOf(channel)}`, base)
  url.protocol = url.protocol.replace('http', 'ws')
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  return url.href
}

function pathOf(channel: ChannelName): string {
  const [kind, name] = split(channel)
  return `${pluralOf(kind)}/${name.split('/').map(encodeURIComponent).join('/')}`
}

function split(channel: ChannelName): [ChannelKind, string] {
  const colon = channel.indexOf(':')
  return [channel.slice(0, colon) as ChannelKind, channel.slice(colon + 1)]
}

/** What one attempt needs beside the user and the channel. */
export type CredentialsWanted = {
  renew: boolean // the last token has expired
  diagnose: boolean // the last socket was refused: find out why
  wasUnknown: boolean // so was the one before, and there seemed to be no such channel
}

/** What `credentialsFor` needs for one attempt. */
type CredentialsRequest = CredentialsWanted & {
  identity: Identity
  channel: ChannelName
  base: string
  platform: ClientPlatform
  door?: ChannelDoor // absent: that of circles
}

/** What a client speaks with a kind of channel. `probe`: what is requested, below its path, to learn why it was refused. */
export type ChannelDoor = { subprotocol: string; names: number; probe: string }

const channelDoor: ChannelDoor = { subprotocol, names: 1, probe: 'events?limit=1' }

/** Credentials; `isUnknown`: there seems to be no such channel yet. */
export type KnownCredentials = Credentials & { isUnknown: boolean }

/** The answer of a server that gave no credentials; `status` is HTTP's. */
export type CredentialsRefusal = { status: number; reason: Reason; retryAfterMs: number | null }

/**
 * Returns the credentials for one attempt, or the refusal. The ticket comes over HTTP because a browser hides why an
 * upgrade failed. A refusal by the channel itself still shows only at the upgrade, so after a refused socket this also
 * requests the channel's log, as the same user. A 401 is returned only after a new token was refused as well.
 */
export async function credentialsFor(request: CredentialsRequest): Promise<KnownCredentials | CredentialsRefusal> {
  const { identity, channel, renew, door = channelDoor } = request
  const names = split(channel)[1].split('/')
  if (names.length !== door.names || names.some(name => canonicalName(name.replace(/~.*/, '')) === null))
    return { status: 400, reason: invalidName, retryAfterMs: null }
  if ('name' in identity) return guestCredentials(request, identity.name)
  const result = await tokenCredentials(request, identity.token, renew)
  const isRefused = 'status' in result && result.status === 401
  return isRefused && !renew ? tokenCredentials(request, identity.token, true) : result
}

const invalidName: Reason = { code: 'invalid_name', message: 'No channel can have this name.' }

async function guestCredentials(
  request: CredentialsRequest,
  name: string,
): Promise<KnownCredentials | CredentialsRefusal> {
  // There is no token to renew; a cookie may still count, which the server tells over HTTP.
  const found = await diagnose({ ...request, diagnose: request.diagnose || request.renew }, logUrl(request, name), {})
  if ('status' in found) return found
  return { query: { name }, protocols: [(request.door ?? channelDoor).subprotocol], ...found }
}

async function tokenCredentials(
  request: CredentialsRequest,
  token: TokenSource,
  renew: boolean,
): Promise<KnownCredentials | CredentialsRefusal> {
  const authorization = `Bearer ${await token({ renew })}`
  const found = await diagnose(request, logUrl(request, null), { headers: { authorization } })
  if ('status' in found) return found
  const credentials = await ticket(request, authorization)
  return 'status' in credentials ? credentials : { ...credentials, ...found }
}

async function ticket(
  { channel, base, platform, door = channelDoor }: CredentialsRequest,
  authorization: string,
): Promise<Credentials | CredentialsRefusal> {
  const response = await platform.fetch(new URL('api/tickets', base).href, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ channel }),
  })
  if (!response.ok) return asRefusal(response)
  const { ticket: text } = await bodyOf(response)
  if (typeof text === 'string') return { query: {}, protocols: [door.subprotocol, ticketPrefix + text] }
  return { status: 502, reason: { code: 'bad_gateway', message: 'The server gave no ticket.' }, retryAfterMs: null }
}

function logUrl({ base, channel, door = channelDoor }: CredentialsRequest, guest: string | null): string {
  const url = new URL(`api/${pathOf(channel)}/${door.probe}`, base)
  if (guest !== null) url.searchParams.set('name', guest)
  return url.href
}

/**
 * The channel's refusal, or whether there seems to be none. A channel that nobody has used yet answers 404, which is no
 * reason to stay away; but if its socket is refused again, it is private, or this user may not create it.
 */
async function diagnose(
  request: CredentialsRequest,
  url: string,
  init: FetchInit,
): Promise<CredentialsRefusal | { isUnknown: boolean }> {
  if (!request.diagnose) return { isUnknown: false }
  const response = await request.platform.fetch(url, init)
  const isUnknown = response.status === 404
  return response.ok || (isUnknown && !request.wasUnknown) ? { isUnknown } : asRefusal(response)
}

async function asRefusal(response: FetchResponse): Promise<CredentialsRefusal> {
  const { status, headers } = response
  const after = Number(headers.get('retry-after')) * 1000
  const reason = readReason(await bodyOf(response))
  return {
    status,
    reason: reason ?? { code: `http_${status}`, message: `The server answered ${status}.` },
    retryAfterMs: after > 0 ? after : null,
  }
}

function readReason({ error }: Record<string, unknown>): Reason | null {
  if (typeof error !== 'object' || error === null) return null
  const { code = '', message = '' }: Record<string, unknown> = { ...error }
  return { code: String(code), message: String(message) }
}

/** The body of a response; empty if it is not JSON, or no object. */
function bodyOf(response: FetchResponse): Promise<Record<string, unknown>> {
  return response.json().then(Object, () => ({}))
}
