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
const longestPauseMs = 30_000
const final: ReadonlySet<number> = new Set([1000, 1008, 4001, 4409, 4410])

/** Connects as an agent from any program with a global WebSocket: Node.js 22, Deno, Bun, a browser. */
export function connectAgent(options: ConnectAgentOptions): AgentConnection {
  const closed = Promise.withResolvers<number>()
  let isClosed = false
  let socket: WebSocket | null = null
  let pauseMs = 250
  const open = () => {
    if (isClosed) return
    socket = openSocket(options, () => {
      pauseMs = 250
    })
    socket.addEventListener('close', ({ code }) => {
      if (isClosed || final.has(code)) return closed.resolve(code)
      setTimeout(open, pauseMs * (0.5 + Math.random() / 2))
      pauseMs = Math.min(2 * pauseMs, longestPauseMs)
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

function openSocket({ url, agent, key, metadata, onTurn }: ConnectAgentOptions, onWelcome: () => void): WebSocket {
  const address = `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws/agents/${agent}/connect`
  const socket = new WebSocket(address, [agentSubprotocol, `${agentKeyPrefix}${key}`])
  const session = new AgentSession(frame => socket.readyState === WebSocket.OPEN && socket.send(frame), onTurn)
  let pings: ReturnType<typeof setInterval> | undefined
  socket.addEventListener('open', () => {
    pings = setInterval(() => socket.send('{"type":"ping"}'), pingMs)
    if (metadata !== undefined) socket.send(JSON.stringify({ type: 'describe', data: metadata }))
  })
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(`${data}`) as ServerFrame
    if (frame.type === 'welcome') onWelcome()
    session.receive(frame)
  })
  socket.addEventListener('close', () => {
    if (pings !== undefined) clearInterval(pings)
    session.end()
  })
  return socket
}

/** The turns that run over one socket. */
class AgentSession {
  readonly #send: (frame: string) => unknown
  readonly #onTurn: ConnectAgentOptions['onTurn']
  readonly #calls = new Map<string, ReadableStreamDefaultReader<Uint8Array>>()
  readonly #requests = new Map<string, PromiseWithResolvers<unknown>>()
  #requestCount = 0

  constructor(send: (frame: string) => unknown, onTurn: ConnectAgentOptions['onTurn']) {
    this.#send = send
    this.#onTurn = onTurn
  }

  receive(frame: ServerFrame): void {
    if (frame.type === 'turn') void this.#run(frame.data.call, frame.data.request)
    if (frame.type === 'cancel') void this.#calls.get(frame.data.call)?.cancel('stopped')
    if (frame.type === 'response') this.#respond(frame.data)
  }

  /** The socket is gone: whatever runs is called again elsewhere, or later. */
  end(): void {
    for (const reader of this.#calls.values()) void reader.cancel('disconnected')
    for (const { reject } of this.#requests.values()) reject(new Error('The connection is gone.'))
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

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  while (true) {
    const { value, done } = await reader.read()
    if (done) return
    yield value
  }
}
