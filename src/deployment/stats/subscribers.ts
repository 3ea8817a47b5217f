import type { Logger } from '../../lib/logger.ts'
import { type CloseName, closeCodes } from '../../protocol/close-codes.ts'
import type { StatsSubscriber } from './subscriber.ts'

const slowBytes = 1_048_576 // due: whoever does not take it is let go
const most = 100

/** A socket's note: whose it is, and since when; `gone`: it was told to go. */
type Note = Omit<StatsSubscriber, 'ticket' | 'native'> & { v: 1; id: string; openedAt: number; gone: boolean }

/** The sockets of those who look at the figures. They outlive hibernation; who watches stands on the socket. */
export class StatsSubscribers {
  readonly #context: DurableObjectState
  readonly #log: Logger

  constructor(context: DurableObjectState, log: Logger) {
    this.#context = context
    this.#log = log
    context.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong","data":{}}'))
  }

  get isFull(): boolean {
    return this.#open().length >= most
  }

  get isEmpty(): boolean {
    return this.#open().length === 0
  }

  /** When the first of their tokens ends (ms), or null. */
  get firstEnd(): number | null {
    const ends = this.#open().flatMap(({ note }) => note.expires ?? [])
    return ends.length === 0 ? null : Math.min(...ends)
  }

  add(socket: WebSocket, { user, request, issued, expires }: StatsSubscriber, id: string, now: number): void {
    this.#context.acceptWebSocket(socket)
    const note: Note = { v: 1, id, user, request, issued, expires, openedAt: now, gone: false }
    socket.serializeAttachment(note)
    this.#log({ event: 'opened', ...who(note), dialect: 'stats', resumed: false }, now)
  }

  send(text: string, now: number): void {
    for (const { socket, note } of this.#open()) {
      if (due(socket) > slowBytes) this.#close(socket, note, 'tooSlow', 'too slow', now)
      else socket.send(text)
    }
  }

  /** Lets those go whose token has ended. */
  end(now: number): void {
    for (const { socket, note } of this.#open()) {
      if (note.expires !== null && note.expires <= now) this.#close(socket, note, 'expired', 'the token has ended', now)
    }
  }

  /** Tokens of this user that were issued until `before` (ms) count no more. */
  revoke(user: string, before: number, now: number): void {
    for (const { socket, note } of this.#open()) {
      if (note.user === user && note.expires !== null && note.issued <= before)
        this.#close(socket, note, 'expired', 'the token was revoked', now)
    }
  }

  /** The peer closed or vanished: answers its close, which the runtime leaves to us. */
  gone(socket: WebSocket, code: number, now: number): void {
    const note = socket.deserializeAttachment() as Note
    if (!note.gone) this.#told(note, code, now)
    socket.serializeAttachment({ ...note, gone: true })
    if (socket.readyState !== WebSocket.CLOSED) socket.close(1000)
  }

  #close(socket: WebSocket, note: Note, name: CloseName, reason: string, now: number): void {
    socket.serializeAttachment({ ...note, gone: true })
    const [code] = closeCodes[name]
    socket.close(code, reason)
    this.#told(note, code, now)
  }

  #told(note: Note, code: number, now: number): void {
    this.#log({ event: 'closed', ...who(note), code, ms: now - note.openedAt, frames: 0 }, now)
  }

  #open(): { socket: WebSocket; note: Note }[] {
    return this.#context.getWebSockets().flatMap(socket => {
      const note = socket.deserializeAttachment() as Note | null
      return note === null || note.gone || socket.readyState !== WebSocket.OPEN ? [] : [{ socket, note }]
    })
  }
}

function who({ id: session, user, request }: Note) {
  return { request, channel: 'deployment:stats', session, user }
}

function due(socket: WebSocket): number {
  return (socket as WebSocket & { bufferedAmount?: number }).bufferedAmount ?? 0
}
