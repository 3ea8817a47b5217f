import { splitLines } from '../../lib/split-lines.ts'
import { agentKeyPrefix, agentSubprotocol, circleMethods } from '../../protocol/connected-agents.ts'
import type { CircleAccess, TurnRequest as TurnRequestOnWire } from '../../protocol/turns.ts'
import type { AgentMetadata } from './agent-metadata.ts'
import type { Reply } from './reply.ts'
import { serveTurn } from './serve-turn.ts'
import type { TurnRequest } from './turn-request.ts'

/** How a program connects as an agent. */
export type ConnectAgentOptions = {
  url: string // of the server, such as https://circles.example.org
  agent: string // id
  key: string // as `POST /api/agents` returned it
  metadata?: AgentMetadata // what people see; absent: as the server has it
  /** Replies to one message, as `CircleAgent.onTurn` does. */
  onTurn(request: TurnRequest, reply: Reply): Promise<void>
}

/** A program that is connected as an agent, and connects again until it is closed. */
export type AgentConnection = {
  /** Fulfilled with the code of the close after which it stays away: 4001, 4409, 4410, or 1000 after `close`. */
  readonly closed: Promise<number>
  close(): void
}

type ServerFrame =
  | { type: 'turn'; data: { call: string; request: TurnRequestOnWire } }
  | { type: 'cancel'; data: { call: string } }
  | { type: 'response'; data: { id: string; value?: unknown; error?: string } }
  | { type: 'welcome' | 'pong' | 'error'; data: unknown }

const pingMs = 30_000
const maxUnanswered = 2 // pings: a program that computes for a while may answer late, too
const longestPauseMs = 30_000
const noAnswer = 4408 // as the server closes the socket of an agent that is silent
const final: ReadonlySet<number> = new Set([1000, 1008, 4001, 4409, 4410])

/** Connects as an agent from any program with a global WebSocket: Node.js 22, Deno, Bun, a browser. */
export function connectAgent(options: ConnectAgentOptions): AgentConnection {
  const closed = Promise.withResolvers<number>()
  let isClosed = false
  let socket: WebSocket | null = null
  let pauseMs = 250
  const open = () => {
    if (isClosed) return
    socket = openSocket(options, {
      onWelcome() {
        pauseMs = 250
      },
      onEnd(code) {
        if (isClosed || final.has(code)) return closed.resolve(code)
        setTimeout(open, pauseMs * (0.5 + Math.random() / 2))
        pauseMs = Math.min(2 * pauseMs, longestPauseMs)
      },
    })
  }
  open()
  return {
    closed: closed.promise,
    close() {
      isClosed = true
      socket?.close(1000)
      closed.resolve(1000)
    },
  }
}

type SocketEvents = { onWelcome(): void; onEnd(code: number): void }

/** Opens a socket and runs the turns that arrive. It ends when it closes, or when the server answers no pings. */
function openSocket({ url, agent, key, metadata, onTurn }: ConnectAgentOptions, events: SocketEvents): WebSocket {
  const address = `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws/agents/${agent}/connect`
  const socket = new WebSocket(address, [agentSubprotocol, `${agentKeyPrefix}${key}`])
  const session = new AgentSession(frame => socket.readyState === WebSocket.OPEN && socket.send(frame), onTurn)
  const end = (code: number) => {
    if (session.hasEnded) return
    pings.stop()
    session.end()
    events.onEnd(code)
  }
  const pings = new Pings(socket, () => end(noAnswer))
  socket.addEventListener('open', () => {
    pings.start()
    if (metadata !== undefined) socket.send(JSON.stringify({ type: 'describe', data: metadata }))
  })
  socket.addEventListener('message', ({ data }) => {
    pings.answered()
    const frame = JSON.parse(`${data}`) as ServerFrame
    if (frame.type === 'welcome') events.onWelcome()
    session.receive(frame)
  })
  socket.addEventListener('close', ({ code }) => end(code))
  return socket
}

/** Pings on a socket. It is given up when nothing comes back. */
class Pings {
  readonly #socket: WebSocket
  readonly #onGivenUp: () => void
  #timer: ReturnType<typeof setInterval> | undefined
  #unanswered = 0 // since the last frame

  constructor(socket: WebSocket, onGivenUp: () => void) {
    this.#socket = socket
    this.#onGivenUp = onGivenUp
  }

  start(): void {
    this.#timer = setInterval(() => this.#ping(), pingMs)
  }

  stop(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer)
  }

  /** A frame came: the server is there. */
  answered(): void {
    this.#unanswered = 0
  }

  #ping(): void {
    if (this.#unanswered < maxUnanswered) {
      this.#unanswered += 1
      this.#socket.send('{"type":"ping"}')
    } else {
      this.#socket.close()
      this.#onGivenUp() // no event tells that it closed while the server does not answer that, either
    }
  }
}

/** The turns that run over one socket. */
class AgentSession {
  readonly #send: (frame: string) => unknown
  readonly #onTurn: ConnectAgentOptions['onTurn']
  readonly #calls = new Map<string, ReadableStreamDefaultReader<Uint8Array>>()
  readonly #requests = new Map<string, PromiseWithResolvers<unknown>>()
  #requestCount = 0
  hasEnded = false

  constructor(send: (frame: string) => unknown, onTurn: ConnectAgentOptions['onTurn']) {
    this.#send = send
    this.#onTurn = onTurn
  }

  receive(frame: ServerFrame): void {
    if (this.hasEnded) return
    if (frame.type === 'turn') void this.#run(frame.data.call, frame.data.request)
    if (frame.type === 'cancel') void this.#calls.get(frame.data.call)?.cancel('stopped')
    if (frame.type === 'response') this.#respond(frame.data)
  }

  /** The socket is gone: whatever runs is called again elsewhere, or later. */
  end(): void {
    this.hasEnded = true
    for (const reader of this.#calls.values()) void reader.cancel('disconnected')
    for (const { reject } of this.#requests.values()) reject(gone())
    this.#requests.clear()
  }

  async #run(call: string, request: TurnRequestOnWire): Promise<void> {
    const reader = serveTurn(this.#onTurn, request, this.#circle(call)).getReader()
    this.#calls.set(call, reader)
    try {
      for await (const part of splitLines(chunksOf(reader), Number.POSITIVE_INFINITY)) {
        if (part) this.#send(`{"type":"part","data":{"call":${JSON.stringify(call)},"part":${part}}}`)
      }
    } finally {
      this.#calls.delete(call)
    }
  }

  #circle(call: string): CircleAccess {
    const method =
      (name: keyof CircleAccess) =>
      (...args: unknown[]) => {
        if (this.hasEnded) return Promise.reject(gone())
        const id = `${++this.#requestCount}`
        const result = Promise.withResolvers<unknown>()
        this.#requests.set(id, result)
        this.#send(JSON.stringify({ type: 'request', data: { call, id, method: name, args } }))
        return result.promise
      }
    return Object.fromEntries(circleMethods.map(name => [name, method(name)])) as unknown as CircleAccess
  }

  #respond({ id, value, error }: { id: string; value?: unknown; error?: string }): void {
    const request = this.#requests.get(id)
    this.#requests.delete(id)
    if (error === undefined) request?.resolve(value)
    else request?.reject(new Error(error))
  }
}

const gone = () => new Error('The connection is gone.')

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  while (true) {
    const { value, done } = await reader.read()
    if (done) return
    yield value
  }
}
