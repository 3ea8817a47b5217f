import assert from 'node:assert/strict'
import { type EventEmitter, once } from 'node:events'
import { type ClientRequest, request } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Socket as TcpSocket } from 'node:net'
import { SignJWT } from 'jose'
import WebSocket from 'ws'

/** The server under test: its address, its policy, and the secret if tokens can be signed for it. */
export type Target = {
  url: string
  policy: 'open' | 'token'
  secret: string | null
  timeoutMs?: number // how long an answer that must come may take; 15 s unless given
}

/** A response, with the code of its error if it has one. */
type HttpResponse = {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  code: string | null
}

/** A request; `as` is the user who sends it, a new one if absent, and null sends no credentials. */
export type RequestOptions = {
  method?: string
  path: string
  headers?: Record<string, string>
  body?: string
  as?: string | null
}

/** How a socket is opened; `as` as for requests, `deflate` compresses messages. */
export type SocketOptions = {
  protocols?: string[]
  as?: string | null
  headers?: Record<string, string>
  deflate?: boolean
}

/** A frame as it was received; one that is not JSON is `{ type: 'text', text }`. */
export type Frame = { type?: string; data?: Record<string, unknown>; [key: string]: unknown }

const defaultTimeoutMs = 15_000

/** A circle on the server under test, and users for it that no other case has. */
export class Harness {
  readonly target: Target
  readonly circle: string
  readonly #timeoutMs: number
  #users = 0

  constructor(target: Target, circle: string) {
    this.target = target
    this.circle = circle
    this.#timeoutMs = target.timeoutMs ?? defaultTimeoutMs
  }

  /**
   * A user name that is new, in this run and on this server: no refusals, rate limits, sockets, allowances or circles of
   * another case belong to it, nor of an earlier run.
   */
  newUser(): string {
    this.#users += 1
    return `u${this.#users}-${this.circle.replace('conformance-', '')}`
  }

  /** A token for the server; claims that are undefined are left out. */
  async token(
    user: string,
    claims: Record<string, unknown> = {},
    key = this.target.secret,
    alg = 'HS256',
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const payload = { sub: user, exp: now + 600, channels: { '*': 'member' }, ...claims }
    return new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key ?? ''))
  }

  /** Sends a request with exactly this path: nothing in it is normalized. */
  async request(options: RequestOptions): Promise<HttpResponse> {
    const { method = 'GET', path, headers = {}, body, as = this.newUser() } = options
    const authenticated = await this.#authenticate(path, as)
    const { protocol, hostname, port } = new URL(this.target.url)
    const sent = (protocol === 'https:' ? secureRequest : request)({
      host: hostname,
      port,
      method,
      path: authenticated.path,
      headers: { ...authenticated.headers, ...headers },
      agent: false,
    })
    sent.setTimeout(this.#timeoutMs, () => sent.destroy(new Error(`${method} ${path} got no response`)))
    const response = readResponse(sent)
    sent.end(body)
    return response
  }

  /** Sends a value as JSON; a string is sent as it is. */
  post(path: string, value: unknown, options: Partial<RequestOptions> = {}): Promise<HttpResponse> {
    const body = typeof value === 'string' ? value : JSON.stringify(value)
    const headers = { 'content-type': 'application/json', ...options.headers }
    return this.request({ method: 'POST', path, ...options, headers, body })
  }

  /** Requests an upgrade; a socket that opens is closed at once. */
  requestUpgrade(
    path: string,
    headers: Record<string, string> = {},
    as: string | null = this.newUser(),
  ): Promise<HttpResponse> {
    return this.request({ path, headers: { ...upgradeHeaders, ...headers }, as })
  }

  /** Opens a socket. */
  async openSocket(path: string, options: SocketOptions = {}): Promise<TestSocket> {
    const { protocols = [], as = this.newUser(), headers = {}, deflate = false } = options
    const authenticated = await this.#authenticate(path, as)
    const ws = new WebSocket(this.target.url.replace(/^http/, 'ws') + authenticated.path, protocols, {
      headers: { ...authenticated.headers, ...headers },
      perMessageDeflate: deflate,
    })
    const socket = new TestSocket(ws, this.#timeoutMs)
    await once(ws, 'open')
    return socket
  }

  /** Opens a native socket to the circle. */
  openNative(as?: string): Promise<TestSocket> {
    const protocols = ['circles.v1']
    return this.openSocket(`/ws/circles/${this.circle}`, as === undefined ? { protocols } : { protocols, as })
  }

  /** Opens a plain socket to the circle. */
  openPlain(as?: string): Promise<TestSocket> {
    return this.openSocket(`/ws/circles/${this.circle}`, as === undefined ? {} : { as })
  }

  async #authenticate(path: string, as: string | null): Promise<{ path: string; headers: Record<string, string> }> {
    if (as === null) return { path, headers: {} }
    if (this.target.policy === 'token') return { path, headers: { authorization: `Bearer ${await this.token(as)}` } }
    return { path: `${path}${path.includes('?') ? '&' : '?'}name=${as}`, headers: {} }
  }
}

const upgradeHeaders = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** A socket that keeps the frames it receives until the case asks for them. */
export class TestSocket {
  readonly ws: WebSocket
  readonly received: Frame[] = []
  closed: { code: number; reason: string } | null = null
  readonly #timeoutMs: number
  #wake = () => {}

  constructor(ws: WebSocket, timeoutMs: number) {
    this.ws = ws
    this.#timeoutMs = timeoutMs
    ws.on('message', data => {
      const value = parseFrame(String(data))
      this.received.push(...(Array.isArray(value) ? value : [value]))
      this.#wake()
    })
    ws.on('close', (code, reason) => this.#onClose(code, reason))
    ws.on('error', () => this.#wake())
    ws.on('upgrade', () => setImmediate(() => this.#watchCloseFrame()))
  }

  /** The TCP connection below the socket, for bytes that no WebSocket library sends. */
  get tcp(): TcpSocket {
    return (this.ws as unknown as { _socket: TcpSocket })._socket
  }

  /** Sends text or bytes as they are, and other values as JSON. */
  send(frame: unknown): void {
    const isRaw = typeof frame === 'string' || Buffer.isBuffer(frame)
    this.ws.send(isRaw ? (frame as string | Buffer) : JSON.stringify(frame), { binary: Buffer.isBuffer(frame) })
  }

  /** The next frame that matches; frames before it are dropped. */
  async next(matches: (frame: Frame) => boolean = () => true): Promise<Frame> {
    for (;;) {
      const at = this.received.findIndex(matches)
      if (at >= 0) return this.received.splice(0, at + 1).at(-1) as Frame
      if (this.closed) throw new Error(`closed with ${this.closed.code} before the answer; ${this.#describe()}`)
      await this.#waitForMore()
    }
  }

  /** The code and reason of the close that must come. */
  async waitForClose(): Promise<{ code: number; reason: string }> {
    while (this.closed === null) await this.#waitForMore()
    return this.closed
  }

  /** Closes the socket, and waits until it is closed. */
  async close(): Promise<void> {
    if (this.closed === null) this.ws.close(1000)
    await this.waitForClose()
  }

  // Reads the Close frame itself: the server does not decide how long the connection below stays open after it.
  #watchCloseFrame(): void {
    const { _receiver } = this.ws as unknown as { _receiver: EventEmitter }
    _receiver.on('conclude', (code: number, reason: Buffer) => this.#onClose(code, reason))
  }

  #onClose(code: number, reason: Buffer): void {
    this.closed = { code, reason: String(reason) }
    this.#wake()
  }

  async #waitForMore(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve
      timer = setTimeout(() => reject(new Error(`nothing came; ${this.#describe()}`)), this.#timeoutMs)
    })
    clearTimeout(timer)
  }

  #describe(): string {
    return `received ${JSON.stringify(this.received).slice(0, 2_000)}`
  }
}

/** Resolves with the response to a request; a socket that it opens is closed at once. */
function readResponse(sent: ClientRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    sent.on('error', reject)
    sent.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '', code: null })
    })
    sent.on('response', async response => {
      try {
        const parts: Buffer[] = []
        for await (const part of response) parts.push(part)
        const text = Buffer.concat(parts).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code: errorCodeOf(text) })
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** Fails unless the response has this status and error code, such as `201` or `404 not_found`, in the one shape of errors. */
export function assertResponse(response: HttpResponse, expected: string): void {
  const [status, code = null] = expected.split(' ')
  assert.deepEqual([`${response.status}`, response.code], [status, code], response.text.slice(0, 500))
  assert.doesNotMatch(response.text, /\bat .+\.[jt]s:\d+|node_modules|eyJ/, 'it contains neither a stack nor a token')
  if (code !== null) assert.equal(response.headers['cache-control'], 'no-store')
}

function parseFrame(text: string): Frame | Frame[] {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Frame
  } catch {
    // not JSON: the text dialect
  }
  return { type: 'text', text }
}

function errorCodeOf(text: string): string | null {
  const value = parseFrame(text) as { error?: { code?: unknown } }
  return typeof value.error?.code === 'string' ? value.error.code : null
}
