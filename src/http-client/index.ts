import { type ErrorBody, headers, type Operations, routes } from './generated.ts'
import { type AnyProtocol, commandRoute, type SendCommand, type WithOwnEvents } from './own-commands.ts'

export type * from './generated.ts'
export type {
  AnyProtocol,
  CommandArguments,
  OwnEventType,
  OwnLoggedEvent,
  SendCommand,
  WithOwnEvents,
} from './own-commands.ts'

/** A response's refusal: `code` for programs, `message` for people. */
export class HttpError extends Error {
  readonly status: number
  readonly code: string // `internal` where the response has none
  readonly retryAfterMs: number | null // how long to wait, if the server says so

  constructor(response: Response, { code, message }: ErrorBody['error']) {
    super(message)
    this.name = 'HttpError'
    this.status = response.status
    this.code = code
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    this.retryAfterMs = Number.isFinite(seconds) ? seconds * 1_000 : null
  }
}

/** How a client reaches its server. */
export type HttpClientOptions = {
  /** A bearer token, or a function that returns one before each request. */
  token?: string | (() => string | Promise<string>)
  /** Sends a request; the global `fetch` if absent. That of a service binding or of an app in a test fits as well. */
  fetch?: (request: Request) => Response | Promise<Response>
}

/** The name of an operation. */
export type OperationName = keyof Operations

/** The arguments of an operation: parameters of the path and the query, headers in camel case, and `body`. */
export type ArgumentsOf<Name extends OperationName> = Operations[Name]['args']

/** What an operation returns: its JSON, `undefined`, or the response if it is a text. */
export type ResultOf<Name extends OperationName> = Operations[Name]['result']

/** How one request is sent. */
export type RequestOptions = { signal?: AbortSignal }

type Call<Args, Result> = object extends Args
  ? (args?: Args, options?: RequestOptions) => Promise<Result>
  : (args: Args, options?: RequestOptions) => Promise<Result>

/** A client of the HTTP API: a method for each operation, `command` for those of a protocol, and `fetch` for other paths. */
export type HttpClient<Protocol extends AnyProtocol = { commands: Record<never, never> }> = {
  [Name in OperationName]: Call<WithOwnEvents<ArgumentsOf<Name>, Protocol>, WithOwnEvents<ResultOf<Name>, Protocol>>
} & {
  /** Sends a request with the client's token to a path below its address. Throws `HttpError` for a refusal. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** Sends a command of the protocol. Throws `HttpError` for a refusal. */
  command: SendCommand<Protocol>
}

/**
 * Makes a client of the server at an address, `https://circles.example.org`, that may end in a path. Methods throw
 * `HttpError` for what the server refuses; they do not try again. `createHttpClient<typeof protocol>(…)` types `command`, and knows the
 * protocol's events.
 */
export function createHttpClient<Protocol extends AnyProtocol = { commands: Record<never, never> }>(
  address: string,
  options: HttpClientOptions = {},
): HttpClient<Protocol> {
  const send = sender(address.replace(/\/+$/, ''), options)
  const call = async (route: string, args: Arguments = {}, { signal }: RequestOptions = {}) => {
    const { path, init } = requestOf(route, args)
    return read(await send(path, signal === undefined ? init : { ...init, signal }))
  }
  const methods = Object.entries(routes).map(([name, route]) => [
    name,
    (args?: Arguments, options?: RequestOptions) => call(route, args, options),
  ])
  const command = (type: string, args: Arguments, options?: RequestOptions) =>
    call(commandRoute, { ...args, kind: 'circle', type }, options)
  return { ...Object.fromEntries(methods), fetch: send, command }
}

type Arguments = Record<string, unknown>

function sender(address: string, { token, fetch: fetchWith = request => fetch(request) }: HttpClientOptions) {
  return async (path: string, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(address + path, init)
    const bearer = typeof token === 'function' ? await token() : token
    if (bearer !== undefined) request.headers.set('authorization', `Bearer ${bearer}`)
    const response = await fetchWith(request)
    if (response.ok) return response
    throw new HttpError(response, await refusalOf(response))
  }
}

/** The request of an operation. What is neither in its path nor a header nor the body is its query. */
function requestOf(route: string, { body, ...args }: Arguments): { path: string; init: RequestInit } {
  const [method = '', template = ''] = route.split(' ')
  const sent = new Headers()
  const query = new URLSearchParams()
  const inPath = new Set<string>()
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    inPath.add(name)
    return encodeURIComponent(String(args[name]))
  })
  for (const [name, value] of Object.entries(args)) {
    if (value === undefined || inPath.has(name)) continue
    const header = headers[name]
    if (header === undefined) query.set(name, String(value))
    else sent.set(header, String(value))
  }
  return { path: query.size === 0 ? path : `${path}?${query}`, init: { method, headers: sent, ...bodyOf(body, sent) } }
}

/** Texts and streams are lines of JSON, which only an import takes; everything else is JSON. */
function bodyOf(body: unknown, sent: Headers): RequestInit {
  if (body === undefined) return {}
  const isText = typeof body === 'string' || body instanceof ReadableStream
  sent.set('content-type', isText ? 'application/jsonl' : 'application/json')
  if (!isText) return { body: JSON.stringify(body) }
  return { body, ...{ duplex: 'half' } } // a stream is sent only with it
}

async function read(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  return /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '') ? response.json() : response
}

/** The refusal in a response. One that comes from something in between has no JSON. */
async function refusalOf(response: Response): Promise<ErrorBody['error']> {
  const body = (await response.json().catch(() => null)) as Partial<ErrorBody> | null // not JSON
  return body?.error ?? { code: 'internal', message: `The server answered ${response.status}.` }
}
