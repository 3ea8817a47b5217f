import type { Logger } from '../../lib/logger.ts'
import { minDefined } from '../../lib/util.ts'
import { type CloseName, closeCodes } from '../../protocol/close-codes.ts'
import { subprotocol } from '../../protocol/version.ts'
import type { SocketCaller } from './socket-caller.ts'

const slowBytes = 1_048_576 // buffered: a slower socket is closed
const maxSockets = 100

/** A socket's attachment, which hibernation stores, so the keys stay; `gone`: it was closed. */
type Attachment = Omit<SocketCaller, 'ticket' | 'native'> & { v: 1; id: string; openedAt: number; gone: boolean }

type OpenSocket = { socket: WebSocket; attachment: Attachment }

/**
 * The sockets to which an object of the deployment sends its news: the statistics, or an inbox. They outlive hibernation;
 * their attachments say whose they are.
 */
export class DeploymentSockets {
  readonly #context: DurableObjectState
  readonly #log: Logger
  readonly #channel: string

  /** `channel`: what the operator's log calls them. */
  constructor(context: DurableObjectState, log: Logger, channel: string) {
    this.#context = context
    this.#log = log
    this.#channel = channel
    context.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong","data":{}}'))
  }

  /** Whether no more sockets are accepted. */
  get isFull(): boolean {
    return this.#open().length >= maxSockets
  }

  /** Whether there are no open sockets. */
  get isEmpty(): boolean {
    return this.#open().length === 0
  }

  /** When the first of their tokens expires (ms), or null. */
  get firstExpiry(): number | null {
    return minDefined(...this.#open().map(({ attachment }) => attachment.expires))
  }

  /** Accepts a socket and sends its first frame; returns the response to its upgrade. */
  accept(caller: SocketCaller, frame: string, now: number): Response {
    const { user, request, issued, expires, native } = caller
    const { 0: client, 1: socket } = new WebSocketPair()
    this.#context.acceptWebSocket(socket)
    const id = crypto.randomUUID()
    const attachment: Attachment = { v: 1, id, user, request, issued, expires, openedAt: now, gone: false }
    socket.serializeAttachment(attachment)
    this.#log({ event: 'opened', ...this.#fieldsOf(attachment), dialect: 'stats', resumed: false }, now)
    socket.send(frame)
    const offered: HeadersInit = native ? { 'Sec-WebSocket-Protocol': subprotocol } : {}
    return new Response(null, { status: 101, webSocket: client, headers: { 'x-request-id': request, ...offered } })
  }

  /** Sends a frame to every socket, and closes those that are too slow. */
  send(text: string, now: number): void {
    for (const open of this.#open()) {
      if (bufferedBytes(open.socket) > slowBytes) this.#close(open, 'tooSlow', 'too slow', now)
      else open.socket.send(text)
    }
  }

  /** Closes the sockets whose token has expired. */
  closeExpired(now: number): void {
    for (const open of this.#open()) {
      const { expires } = open.attachment
      if (expires !== null && expires <= now) this.#close(open, 'expired', 'the token has expired', now)
    }
  }

  /** Closes the sockets whose token was issued to this user until `before` (ms). */
  revoke(user: string, before: number, now: number): void {
    for (const open of this.#open()) {
      const { user: owner, issued, expires } = open.attachment
      if (owner === user && expires !== null && issued <= before)
        this.#close(open, 'expired', 'the token was revoked', now)
    }
  }

  /** Returns whether a user has an open socket. */
  has(user: string): boolean {
    return this.#open().some(({ attachment }) => attachment.user === user)
  }

  /** Handles a socket that closed or vanished, and answers its Close frame, which the runtime leaves to us. */
  socketClosed(socket: WebSocket, code: number, now: number): void {
    const attachment = socket.deserializeAttachment() as Attachment
    if (!attachment.gone) this.#logClosed(attachment, code, now)
    socket.serializeAttachment({ ...attachment, gone: true })
    if (socket.readyState !== WebSocket.CLOSED) socket.close(1000)
  }

  #close({ socket, attachment }: OpenSocket, name: CloseName, reason: string, now: number): void {
    socket.serializeAttachment({ ...attachment, gone: true })
    const [code] = closeCodes[name]
    socket.close(code, reason)
    this.#logClosed(attachment, code, now)
  }

  #logClosed(attachment: Attachment, code: number, now: number): void {
    this.#log({ event: 'closed', ...this.#fieldsOf(attachment), code, ms: now - attachment.openedAt, frames: 0 }, now)
  }

  #fieldsOf({ id: session, user, request }: Attachment) {
    return { request, channel: this.#channel, session, user }
  }

  #open(): OpenSocket[] {
    return this.#context.getWebSockets().flatMap(socket => {
      const attachment = socket.deserializeAttachment() as Attachment | null
      return attachment === null || attachment.gone || socket.readyState !== WebSocket.OPEN
        ? []
        : [{ socket, attachment }]
    })
  }
}

/** The response that refuses an upgrade. */
export function refuseSocket(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status })
}

function bufferedBytes(socket: WebSocket): number {
  return (socket as WebSocket & { bufferedAmount?: number }).bufferedAmount ?? 0
}
