import { type CirclesClient, createClient } from '../client/client.ts'
import { baseOf } from '../client/transport/credentials.ts'
import { type ChannelKind, parseChannel } from '../protocol/channels.ts'
import { CliError, type Exit } from './exit-codes.ts'

/** Which server, and who we are there. */
export type ApiTarget = { url: string; token?: string; name?: string }

export type ChannelAddress = { kind: ChannelKind; name: string }

/** Reads `dev-team`, `circle:dev-team`, `workspace:acme`, `agent:pickle`. */
export function readChannel(text: string): ChannelAddress {
  const channel = parseChannel(text.includes(':') ? text : `circle:${text}`)
  if (channel === null) {
    throw new CliError(
      'usage',
      `"${text}" is no channel: try dev-team, circle:dev-team, workspace:acme or agent:pickle.`,
    )
  }
  return channel
}

/** The base address of a server, or a problem that says what is wrong with it. */
export function readBase({ url }: ApiTarget): string {
  if (!/^(https?|wss?):\/\//.test(url) || !URL.canParse(url)) {
    throw new CliError('usage', `"${url}" is no address of a server: it begins with https:// or http://.`)
  }
  return baseOf(url)
}

/** A connection that follows its channel by itself. */
export function connectTo(server: ApiTarget): CirclesClient {
  const { token, name } = server
  const identity = token === undefined ? { name: name ?? process.env.USER ?? 'cli' } : { token: () => token }
  return createClient(readBase(server), { ...identity, shareConnection: false })
}

/** What the server answered, or why it did not, with the time (ms) it asks us to wait. */
export class Refused extends CliError {
  readonly status: number // 0: no answer
  readonly retryAfterMs: number | null

  constructor(status: number, message: string, retryAfterMs: number | null = null) {
    super(exitOf(status), message)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }

  /** May the same succeed later? */
  get isPassing(): boolean {
    return this.exit === 'unreachable' || this.status === 429
  }
}

function exitOf(status: number): Exit {
  if (status === 0 || status === 408 || status >= 500) return 'unreachable'
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'forbidden'
  return status === 404 ? 'not_found' : 'refused'
}

/** Asks the server over HTTP; throws `Refused` for whatever is no success. */
export async function apiGet(server: ApiTarget, path: string, init: RequestInit = {}): Promise<Response> {
  const url = new URL(path, readBase(server))
  const headers = new Headers(init.headers)
  if (server.token !== undefined) headers.set('authorization', `Bearer ${server.token}`)
  else if (server.name !== undefined) url.searchParams.set('name', server.name)
  const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new Refused(0, `${url.origin} does not answer: ${causeOf(error)}.`)
  })
  if (response.ok) return response
  const after = Number(response.headers.get('retry-after')) * 1000
  throw new Refused(response.status, await messageOf(response), after > 0 ? after : null)
}

/** Sends JSON. */
export function apiPost(server: ApiTarget, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return apiGet(server, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
}

async function messageOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => null)
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : null
  return typeof message === 'string' ? message : `The server answered ${response.status}.`
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return cause instanceof Error ? cause.message : String(cause)
}
