import type { z } from 'zod/v4'
import { type CirclesClient, createClient } from '../client/client.ts'
import { baseOf } from '../client/transport/credentials.ts'
import { type ChannelKinds, defaultKind, isLogKind, type LogKind } from '../protocol/channels/channel-kinds.ts'
import { type ChannelAddress, parseChannel } from '../protocol/channels/channels.ts'
import { CliError, type Exit } from './exit-codes.ts'

/** The server to call, and the token or guest name to use there. */
export type ApiTarget = { url: string; token?: string; name?: string }

/** Reads `dev-team`, `circle:dev-team`, `workspace:acme`, `agent:pickle`. */
export function readChannel(text: string, kinds: ChannelKinds): ChannelAddress & { kind: LogKind } {
  const channel = parseChannel(text.includes(':') ? text : `${defaultKind.kind}:${text}`, kinds)
  if (channel === null || !isLogKind(channel.kind)) {
    throw new CliError(
      'usage',
      `"${text}" is not a channel. Use a name like dev-team, circle:dev-team, workspace:acme or agent:pickle.`,
    )
  }
  return { kind: channel.kind, name: channel.name }
}

/** The base URL of a server. */
export function readBase({ url }: ApiTarget): string {
  if (!/^(https?|wss?):\/\//.test(url) || !URL.canParse(url)) {
    throw new CliError('usage', `"${url}" is not the address of a server. It must begin with https:// or http://.`)
  }
  return baseOf(url)
}

/** A client of the server, as the given user. */
export function clientFor(server: ApiTarget): CirclesClient {
  const { token, name } = server
  const identity = token === undefined ? { name: name ?? process.env.USER ?? 'cli' } : { token: () => token }
  return createClient(readBase(server), { ...identity, shareConnection: false })
}

/** The error of an HTTP request that failed. */
export class ApiError extends CliError {
  readonly status: number // 0: no response
  readonly retryAfterMs: number | null

  constructor(status: number, message: string, retryAfterMs: number | null = null) {
    super(exitOf(status), message)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }

  /** True if the same request may succeed later. */
  get isTransient(): boolean {
    return this.exit === 'unreachable' || this.status === 429
  }
}

function exitOf(status: number): Exit {
  if (status === 0 || status === 408 || status >= 500) return 'unreachable'
  if (status === 401) return 'unauthenticated'
  if (status === 403) return 'forbidden'
  return status === 404 ? 'not_found' : 'refused'
}

/** Requests a path of the server. Throws an ApiError unless the response is a success. */
export async function apiRequest(server: ApiTarget, path: string, init: RequestInit = {}): Promise<Response> {
  const url = new URL(path, readBase(server))
  const headers = new Headers(init.headers)
  if (server.token !== undefined) headers.set('authorization', `Bearer ${server.token}`)
  else if (server.name !== undefined) url.searchParams.set('name', server.name)
  const response = await fetch(url, { ...init, headers }).catch((error: unknown) => {
    if (init.signal?.aborted) throw error
    throw new ApiError(0, `${url.origin} does not answer: ${causeOf(error)}.`)
  })
  if (response.ok) return response
  const after = Number(response.headers.get('retry-after')) * 1000
  const message = await messageOf(response)
  const isMissing = message === null || message.includes('no such path') // nothing like Circles, or below its own paths
  if (isMissing && url.pathname !== `/${path}` && (response.status === 404 || response.status === 405))
    throw new CliError('usage', `There is no Circles at ${readBase(server)}. Is the path in its address right?`)
  throw new ApiError(response.status, message ?? `The server answered ${response.status}.`, after > 0 ? after : null)
}

/** Reads the JSON of a response. Throws an ApiError if it is not what Circles answers. */
export async function readJson<Schema extends z.ZodType>(response: Response, schema: Schema): Promise<z.infer<Schema>> {
  const { success, data } = schema.safeParse(await response.json().catch(() => undefined))
  if (!success) throw new ApiError(0, `${new URL(response.url).origin} does not answer as Circles does.`)
  return data
}

/** Posts JSON to a path of the server. */
export function apiPost(server: ApiTarget, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return apiRequest(server, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  })
}

/** The message of a refusal; null if it is not from Circles. */
async function messageOf(response: Response): Promise<string | null> {
  const body: unknown = await response.json().catch(() => null)
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : null
  return typeof message === 'string' ? message : null
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return cause instanceof Error ? cause.message : String(cause)
}
