import { DurableObject } from '#workers'
import { replyFromAddress } from '../agents/address/reply-from-address.ts'
import { serveTurn } from '../agents/kit/serve-turn.ts'
import type { Env } from '../env.ts'
import { durableSql } from '../lib/durable-sql.ts'
import { isSameSecret } from '../lib/ids.ts'
import { createLogger, faultRecord } from '../lib/logger.ts'
import type { AgentAddress } from '../protocol/agent-address.ts'
import { type CloseName, closeCodes } from '../protocol/close-codes.ts'
import { type AgentServerFrame, agentSubprotocol, type ConnectedAgentInfo } from '../protocol/connected-agents.ts'
import type { CircleAccess, LastPart, TurnRequest } from '../protocol/turns.ts'
import { type ConnectedAgentEntry, type ConnectedAgentRpc, keyHashHeader } from '../rpc/connected-agents.ts'
import { channelStub, connectedAgentListStub } from '../stubs.ts'
import { AgentLink, type AgentSocket } from './agent-link.ts'
import { ConnectedAgentStore, infoOf } from './agent-store.ts'

const silentMs = 90_000 // an agent that pings, and then sends nothing for so long, is gone
const noteMs = 15_000 // frames of so long a time are noted once
type Attachment = { at: number; gone?: true } // ms: when it connected, or at most `noteMs` after its last frame

/** The Durable Object of an agent that connects over a WebSocket; under the name of the list, the one that lists them. */
export class ConnectedAgent extends DurableObject<Env> implements ConnectedAgentRpc {
  readonly #store: ConnectedAgentStore
  readonly #link: AgentLink

  constructor(state: DurableObjectState, env: Env) {
    super(state, env)
    this.#store = new ConnectedAgentStore(durableSql(state.storage))
    this.#link = new AgentLink({
      newId: () => crypto.randomUUID(),
      describe: data => this.#describe(data),
    })
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong","data":{}}'))
  }

  override async fetch(request: Request): Promise<Response> {
    const own = this.#store.own()
    if (own === null || own.keyHash === null) return refused() // one that is called at an address has no key
    if (!isSameSecret(own.keyHash, request.headers.get(keyHashHeader) ?? '')) return refused()
    const { 0: client, 1: server } = new WebSocketPair()
    for (const socket of this.ctx.getWebSockets()) this.#close(socket, 'replaced', 'another program connected')
    this.ctx.acceptWebSocket(server)
    const now = Date.now()
    server.serializeAttachment({ at: now } satisfies Attachment)
    this.ctx.waitUntil(this.ctx.storage.setAlarm(now + silentMs))
    socketOf(server).send({ type: 'welcome', data: { agent: infoOf(own.entry) } })
    this.ctx.waitUntil(this.#wakeCircles(own.entry.id))
    return new Response(null, {
      status: 101,
      webSocket: client,
      headers: { 'sec-websocket-protocol': agentSubprotocol },
    })
  }

  async turn(request: TurnRequest, circle: CircleAccess): Promise<ReadableStream<Uint8Array>> {
    const own = this.#store.own()
    if (own === null || (own.entry.circle !== null && request.channel !== `circle:${own.entry.circle}`)) {
      return only(unavailable(request.agent))
    }
    const { entry, address } = own
    if (address !== null) return this.#turnAt(address, entry, [request, circle])
    const socket = this.#socket(Date.now())
    if (socket === null) {
      this.#store.wait(request.channel)
      return only({ type: 'error', code: 'agent_away', message: `${entry.name} is not connected.`, retry: true })
    }
    const { stream, ends } = this.#link.call(socketOf(socket), request, circle)
    this.ctx.waitUntil(ends)
    return stream
  }

  make(entry: ConnectedAgentEntry, keyHash: string): void {
    this.#store.put(entry, { keyHash, address: null })
    for (const socket of this.ctx.getWebSockets()) this.#close(socket, 'unauthenticated', 'the agent has another key')
  }

  async callAt(entry: ConnectedAgentEntry, address: AgentAddress): Promise<void> {
    this.#store.put(entry, { keyHash: null, address })
    for (const socket of this.ctx.getWebSockets()) this.#close(socket, 'unauthenticated', 'the agent has an address')
    await this.#wakeCircles(entry.id)
  }

  info(): ConnectedAgentInfo | null {
    const own = this.#store.own()
    return own === null ? null : infoOf(own.entry)
  }

  async remove(): Promise<void> {
    for (const socket of this.ctx.getWebSockets()) this.#close(socket, 'deleted', 'the agent was removed')
    const own = this.#store.own()
    if (own !== null) this.#store.remove(own.entry.id)
    await this.#wakeCircles(own?.entry.id ?? '')
  }

  add(entry: ConnectedAgentEntry): 'added' | 'taken' | 'full' {
    return this.#store.add(entry)
  }

  put(info: ConnectedAgentInfo): void {
    const known = this.#store.find(info.id)
    if (known !== null) this.#store.put({ ...known, ...info }, null)
  }

  find(id: string): ConnectedAgentEntry | null {
    return this.#store.find(id)
  }

  list(circle: string | null): ConnectedAgentInfo[] {
    return this.#store.list(circle)
  }

  drop(id: string): void {
    this.#store.remove(id)
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    const { at, gone } = attachmentOf(socket)
    if (gone === true) return
    const now = Date.now()
    if (now > at) socket.serializeAttachment({ at: now + noteMs } satisfies Attachment)
    this.#link.receive(this.#closing(socket), frame, now)
  }

  /** Closes a socket that is silent; while one is open, it is looked at again. */
  override async alarm(): Promise<void> {
    const now = Date.now()
    const socket = this.#socket(now)
    if (socket !== null) await this.ctx.storage.setAlarm((this.#lastSeenAt(socket) ?? now) + silentMs)
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    const wasCurrent = !isGone(socket)
    markGone(socket)
    if (wasCurrent) this.#link.disconnected()
    answerClose(socket, code, reason)
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006, '')
  }

  #turnAt(
    address: AgentAddress,
    { observe, ...persona }: ConnectedAgentEntry,
    call: [TurnRequest, CircleAccess],
  ): ReadableStream<Uint8Array> {
    const allowLoopback = this.env.WEBHOOKS_LOOPBACK === 'allow'
    return serveTurn(
      (request, reply) => replyFromAddress(address, { request, reply, persona, observes: observe }, allowLoopback),
      ...call,
    )
  }

  /** The socket of the program that is connected, or null. One that is silent is closed. */
  #socket(now: number): WebSocket | null {
    const socket = this.ctx.getWebSockets().find(socket => !isGone(socket)) ?? null
    const seenAt = socket === null ? null : this.#lastSeenAt(socket)
    if (socket === null || seenAt === null || seenAt > now - silentMs) return socket
    this.#close(socket, 'heartbeat', 'silent for 90 s')
    return null
  }

  /** When a socket last sent anything (ms); null: it has never pinged, and may be silent. */
  #lastSeenAt(socket: WebSocket): number | null {
    const pingAt = this.ctx.getWebSocketAutoResponseTimestamp(socket)
    return pingAt === null ? null : Math.max(pingAt.getTime(), attachmentOf(socket).at)
  }

  #close(socket: WebSocket, name: CloseName, reason: string): void {
    if (isGone(socket)) return
    markGone(socket)
    this.#link.disconnected()
    socket.close(closeCodes[name][0], reason)
  }

  #closing(socket: WebSocket): AgentSocket {
    return { ...socketOf(socket), close: (code, reason) => this.#close(socket, code, reason) }
  }

  #describe(data: {
    name?: string | undefined
    description?: string | undefined
    observe?: boolean | undefined
  }): void {
    const own = this.#store.own()
    if (own === null) return
    const entry = {
      ...own.entry,
      ...Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined)),
    }
    if (JSON.stringify(entry) === JSON.stringify(own.entry)) return
    this.#store.put(entry, null)
    this.#inBackground(connectedAgentListStub(this.env)?.put(infoOf(entry)) ?? Promise.resolve())
  }

  /** Tells the circles in which turns wait that the agent is there. Those that are not reached call again by themselves. */
  async #wakeCircles(id: string): Promise<void> {
    for (const channel of this.#store.takeWaiting()) {
      const name = channel.slice(channel.indexOf(':') + 1)
      this.#inBackground(channelStub(this.env, { kind: 'circle', name }).agentConnected(id))
    }
  }

  #inBackground(work: Promise<unknown>): void {
    const log = createLogger(this.env.LOG, console)
    this.ctx.waitUntil(work.catch(error => log(faultRecord('agent', error, {}), Date.now())))
  }
}

const refused = () =>
  Response.json(
    { error: { code: 'invalid_token', message: 'This is not the key of such an agent.' } },
    { status: 401, headers: { 'cache-control': 'no-store' } },
  )

const unavailable = (agent: string): LastPart => ({
  type: 'error',
  code: 'agent_unavailable',
  message: `No agent is bound here as ${agent}.`,
  retry: false,
})

/** A reply of this part alone. */
function only(part: LastPart): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      controller.enqueue(new TextEncoder().encode(`${JSON.stringify(part)}\n`))
      controller.close()
    },
  })
}

function socketOf(socket: WebSocket): AgentSocket {
  return {
    send(frame: AgentServerFrame) {
      if (!isGone(socket)) socket.send(JSON.stringify(frame))
    },
    close: (name, reason) => socket.close(closeCodes[name][0], reason),
  }
}

// The runtime forgets that a socket was closed when the object hibernates twice; the attachment does not.
function isGone(socket: WebSocket): boolean {
  return attachmentOf(socket).gone === true
}

function attachmentOf(socket: WebSocket): Attachment {
  return (socket.deserializeAttachment() as Attachment | null) ?? { at: 0 }
}

function markGone(socket: WebSocket): void {
  socket.serializeAttachment({ at: 0, gone: true } satisfies Attachment)
}

/** Answers a peer's close, which the runtime leaves to us. Not every code that arrives may be sent. */
function answerClose(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code > 4999 || [1005, 1006, 1015].includes(code) ? 1000 : code, reason)
  } catch {
    // It was closed meanwhile: the peer is gone either way.
  }
}
