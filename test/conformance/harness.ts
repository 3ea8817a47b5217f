import assert from 'node:assert/strict'
import { type EventEmitter, once } from 'node:events'
import { request } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Socket as TcpSocket } from 'node:net'
import { SignJWT } from 'jose'
import WebSocket from 'ws'

/** What a server under test allows to find out: its address, its policy, and the secret if we may mint tokens. */
export type Place = { url: string; policy: 'open' | 'token'; secret: string | null }

export type Reply = {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  code: string | null
}
export type Ask = { method?: string; path: string; headers?: Record<string, string>; body?: string; as?: string | null }

export type Frame = { type?: string; data?: Record<string, unknown>; [key: string]: unknown }

/** How long an answer that must come may take before a row fails (ms): a machine may be slow, a server may not hang. */
const patience = 15_000

/** One place to try things on a server: its own circle, users of its own. */
export class Lab {
  readonly place: Place
  readonly circle: string
  #users = 0

  constructor(place: Place, circle: string) {
    this.place = place
    this.circle = circle
  }

  /** A name nobody had before: its owner has no refusals, no bucket and no sockets from another row. */
  stranger(): string {
    this.#users += 1
    return `u${this.#users}-${this.circle.split('-').at(-1)}`
  }

  /** A token of the place. Claims given as undefined are left out. */
  async token(
    user: string,
    claims: Record<string, unknown> = {},
    key = this.place.secret,
    alg = 'HS256',
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const payload = { sub: user, exp: now + 600, channels: { '*': 'member' }, ...claims }
    return new SignJWT(payload).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key ?? ''))
  }

  /** A request as it is: no path is tidied up. `as`: who sends it; null: nobody. */
  async ask({ method = 'GET', path, headers = {}, body, as = this.stranger() }: Ask): Promise<Reply> {
    const entered = await this.#enter(path, as)
    const url = new URL(this.place.url)
    const options = {
      host: url.hostname,
      port: url.port,
      method,
      path: entered.path,
      headers: { ...entered.headers, ...headers },
      agent: false as const,
    }
    const sent = (url.protocol === 'https:' ? secureRequest : request)(options)
    sent.setTimeout(patience, () => sent.destroy(new Error(`${method} ${path} was not answered`)))
    return new Promise<Reply>((resolve, reject) => {
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
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, code: codeIn(text) })
        } catch (error) {
          reject(error)
        }
      })
      sent.end(body)
    })
  }

  /** A request as JSON. */
  post(path: string, value: unknown, more: Partial<Ask> = {}): Promise<Reply> {
    const body = typeof value === 'string' ? value : JSON.stringify(value)
    return this.ask({
      method: 'POST',
      path,
      ...more,
      headers: { 'content-type': 'application/json', ...more.headers },
      body,
    })
  }

  /** An upgrade that should be refused, or at least is not used. */
  knock(path: string, headers: Record<string, string> = {}, as: string | null = this.stranger()): Promise<Reply> {
    return this.ask({ path, headers: { ...upgrading, ...headers }, as })
  }

  /** Opens a socket. */
  async open(
    path: string,
    { protocols = [], as = this.stranger(), headers = {}, deflate = false }: Opening = {},
  ): Promise<Line> {
    const entered = await this.#enter(path, as)
    const url = this.place.url.replace(/^http/, 'ws') + entered.path
    const socket = new WebSocket(url, protocols, {
      headers: { ...entered.headers, ...headers },
      perMessageDeflate: deflate,
    })
    const line = new Line(socket)
    await once(socket, 'open')
    return line
  }

  native(as?: string): Promise<Line> {
    return this.open(`/ws/circles/${this.circle}`, { protocols: ['circles.v1'], ...(as !== undefined && { as }) })
  }

  plain(as?: string): Promise<Line> {
    return this.open(`/ws/circles/${this.circle}`, as === undefined ? {} : { as })
  }

  async #enter(path: string, as: string | null): Promise<{ path: string; headers: Record<string, string> }> {
    if (as === null) return { path, headers: {} }
    if (this.place.policy === 'token') return { path, headers: { authorization: `Bearer ${await this.token(as)}` } }
    return { path: `${path}${path.includes('?') ? '&' : '?'}name=${as}`, headers: {} }
  }
}

export type Opening = { protocols?: string[]; as?: string | null; headers?: Record<string, string>; deflate?: boolean }

const upgrading = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

/** A socket that keeps what it hears until it is asked for. */
export class Line {
  readonly socket: WebSocket
  readonly heard: Frame[] = []
  closed: { code: number; reason: string } | null = null
  #wake = () => {}

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', data => {
      const value = parsed(String(data))
      this.heard.push(...(Array.isArray(value) ? value : [value]))
      this.#wake()
    })
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) }
      this.#wake()
    })
    socket.on('error', () => this.#wake())
    socket.on('upgrade', () => setImmediate(() => this.#attend()))
  }

  /** The connection below, for what no WebSocket library sends. */
  get wire(): TcpSocket {
    return (this.socket as unknown as { _socket: TcpSocket })._socket
  }

  send(frame: unknown): void {
    const raw = typeof frame === 'string' || Buffer.isBuffer(frame)
    this.socket.send(raw ? (frame as string | Buffer) : JSON.stringify(frame), { binary: Buffer.isBuffer(frame) })
  }

  /** The next frame that fits; what came before it is forgotten. */
  async next(fits: (frame: Frame) => boolean = () => true): Promise<Frame> {
    for (;;) {
      const at = this.heard.findIndex(fits)
      if (at >= 0) return this.heard.splice(0, at + 1).at(-1) as Frame
      if (this.closed) throw new Error(`closed with ${this.closed.code} before the answer came; heard ${this.#show()}`)
      await this.#more()
    }
  }

  /** The code and reason of the close that must come. */
  async end(): Promise<{ code: number; reason: string }> {
    while (this.closed === null) await this.#more()
    return this.closed
  }

  async leave(): Promise<void> {
    if (this.closed === null) this.socket.close(1000)
    await this.end()
  }

  /** Hears the Close frame itself: how long the connection below lingers after it is not the server's to say. */
  #attend(): void {
    const { _receiver } = this.socket as unknown as { _receiver: EventEmitter }
    _receiver.on('conclude', (code: number, reason: Buffer) => {
      this.closed = { code, reason: String(reason) }
      this.#wake()
    })
  }

  async #more(): Promise<void> {
    let late: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve
      late = setTimeout(() => reject(new Error(`nothing came; heard ${this.#show()}`)), patience)
    })
    clearTimeout(late)
  }

  #show(): string {
    return JSON.stringify(this.heard).slice(0, 2_000)
  }
}

/** Fails unless the reply is this one, in the one shape of errors. */
export function assertReply(reply: Reply, status: number, code: string | null): void {
  assert.deepEqual([reply.status, reply.code], [status, code], reply.text.slice(0, 500))
  assert.doesNotMatch(reply.text, /\bat .+\.[jt]s:\d+|node_modules|eyJ/, 'neither a stack nor a token is told')
  if (code !== null) assert.equal(reply.headers['cache-control'], 'no-store')
}

function parsed(text: string): Frame | Frame[] {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Frame
  } catch {
    // no JSON: the text dialect
  }
  return { type: 'text', text }
}

function codeIn(text: string): string | null {
  const value = parsed(text) as { error?: { code?: unknown } }
  return typeof value.error?.code === 'string' ? value.error.code : null
}
