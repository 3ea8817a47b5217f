import { type CloseName, closeCodes } from '../../protocol/close-codes.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { Ledger } from '../metering/ledger.ts'
import type { Attachment } from '../sessions/attachment.ts'
import type { SessionId } from '../sessions/session.ts'
import type { Delivery, Subscriber } from './subscriber.ts'

const dropBytes = 262_144 // buffered: beyond this, ephemeral frames are left out
const slowBytes = 1_048_576 // buffered, beside one frame of the largest size where frames are large: a reader that does not take it is closed (E3, 4430)
const sampleBytes = 16_384 // sent between two samples of the buffer: one costs as much as a message of ours

/** The attachment of a socket that was closed: it must count as gone even if the runtime forgets that over two
 * hibernations (platform: workerd keeps the flag over one only). */
const gone = { v: 1, gone: true } as const

/** A socket, and how it takes what it is sent. */
type SocketState = {
  socket: WebSocket
  unsampled: number // characters sent since the buffer was sampled
  buffered: number // bytes that it had not taken then
  unconfirmed: number | null // characters sent since its last `recv`; null: it never sent one
}

/** The hibernatable sockets of one object, by session. */
export class Sockets implements Subscriber {
  ledgers: readonly Ledger[] = [] // copies of the meter's that were found on sockets
  readonly #context: DurableObjectState
  readonly #byId = new Map<SessionId, SocketState>()
  readonly #ids = new WeakMap<WebSocket, SessionId>()
  readonly #slow = new Set<SessionId>()
  readonly #unreadBytes: number
  readonly #slowBytes: number

  /** `frameBytes`: of the largest frame that is sent, where frames are large. */
  constructor(context: DurableObjectState, unreadBytes: number, frameBytes = 0) {
    this.#context = context
    this.#unreadBytes = unreadBytes
    this.#slowBytes = frameBytes > slowBytes ? slowBytes + frameBytes : slowBytes
  }

  /** Finds the sockets that outlived the last instance, and their attachments. */
  restore(): Attachment[] {
    this.#byId.clear()
    const ledgers: Ledger[] = []
    const attachments = this.#context.getWebSockets().flatMap(socket => {
      const attachment = socket.deserializeAttachment() as object | null
      if (!isOfSession(attachment)) return []
      if ((attachment.principal as object | null) === null) return this.#closeUnidentified(socket)
      if (attachment.ledger !== undefined) ledgers.push(attachment.ledger)
      if (socket.readyState !== WebSocket.OPEN) return [] // its ledger may still be the newest
      this.#add(attachment.id, socket)
      if (attachment.tellsTaken) this.confirmReceived(attachment.id)
      return [attachment]
    })
    this.ledgers = ledgers
    return attachments
  }

  /** Accepts a socket for a session. */
  accept(id: SessionId, socket: WebSocket): void {
    this.#context.acceptWebSocket(socket)
    this.#add(id, socket)
  }

  /** Takes a socket that was accepted before its session was known. */
  adopt(id: SessionId, socket: WebSocket): void {
    this.#add(id, socket)
  }

  /** The sessions that have sockets here. */
  sessions(): Iterable<SessionId> {
    return this.#byId.keys()
  }

  /** The session of a socket, or null. */
  idOf(socket: WebSocket): SessionId | null {
    return this.#ids.get(socket) ?? null
  }

  /** Stores a session's attachment on its socket. */
  store(id: SessionId, attachment: Attachment): void {
    this.#byId.get(id)?.socket.serializeAttachment(attachment)
  }

  /** Sends frames; a socket that is far behind gets only the durable ones, and beyond that nothing any more. */
  deliver(id: SessionId, { frames, durable }: Delivery): void {
    const state = this.#byId.get(id)
    if (state === undefined) return
    if (state.buffered > dropBytes) sample(state)
    for (const frame of state.buffered > dropBytes ? durable() : frames) {
      if (this.#isSlow(state)) {
        this.#slow.add(id)
        return
      }
      state.unsampled += frame.length
      if (state.unconfirmed !== null) state.unconfirmed += frame.length
      try {
        state.socket.send(frame)
      } catch {
        return // it is closing: its end is on the way to us
      }
    }
  }

  /** A client has received what it was sent so far; from now on it is expected to confirm again. */
  confirmReceived(id: SessionId): void {
    const state = this.#byId.get(id)
    if (state !== undefined && this.#unreadBytes > 0) state.unconfirmed = 0
  }

  #isSlow(state: SocketState): boolean {
    if (state.unconfirmed !== null && state.unconfirmed > this.#unreadBytes) return true
    if (state.unsampled > sampleBytes) sample(state)
    return state.buffered > this.#slowBytes
  }

  /** Closes a session's socket. */
  close(id: SessionId, code: CloseName, reason: string): void {
    const socket = this.#byId.get(id)?.socket
    if (socket === undefined) return
    this.#byId.delete(id)
    this.#ids.delete(socket) // what it still sends belongs to no session
    closeForGood(socket, code, reason)
  }

  /** The peer closed or vanished: answers its close, which the runtime leaves to us. */
  answerClose(socket: WebSocket, code: number, reason: string): void {
    const id = this.#ids.get(socket)
    if (id !== undefined) this.#byId.delete(id)
    answerClose(socket, code, reason)
  }

  /** Sessions that do not take what they are sent; each is returned once. */
  drainSlow(): SessionId[] {
    const slow = [...this.#slow]
    this.#slow.clear()
    return slow
  }

  lastPingAt(id: SessionId): number {
    const socket = this.#byId.get(id)?.socket
    return socket === undefined ? 0 : (this.#context.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0)
  }

  backlog(id: SessionId): number {
    const state = this.#byId.get(id)
    return state === undefined ? 0 : Math.max(bufferedBytes(state.socket), state.unconfirmed ?? 0)
  }

  /** The copy of the meter's ledger on this socket, or null. */
  ledgerOn(socket: WebSocket): Ledger | null {
    return this.attachmentOn(socket)?.ledger ?? null
  }

  /** What is stored of a session on this socket, or null. */
  attachmentOn(socket: WebSocket): Attachment | null {
    const attachment = socket.deserializeAttachment() as object | null
    return isOfSession(attachment) ? attachment : null
  }

  /** How many sockets have not taken what they were sent: each keeps the object in memory. */
  undrained(): number {
    return [...this.#byId.values()].filter(({ socket }) => bufferedBytes(socket) > 0).length
  }

  // A socket of an older version, which kept those that have not authenticated in the room: it has seconds left, anyway.
  #closeUnidentified(socket: WebSocket): never[] {
    closeForGood(socket, 'unauthenticated', 'authenticate first')
    return []
  }

  #add(id: SessionId, socket: WebSocket): void {
    this.#byId.set(id, { socket, unsampled: 0, buffered: 0, unconfirmed: null })
    this.#ids.set(socket, id)
  }
}

/** Answers a peer's close, which the runtime leaves to us. */
export function answerClose(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.CLOSED) return
  try {
    socket.close(unanswerable.has(code) || code > 4999 ? 1000 : code, reason)
  } catch {
    // A code that may not be sent, or a socket that was closed meanwhile: the peer is gone either way.
  }
}

/** Closes a socket and marks it: it counts as gone from now on. */
export function closeForGood(socket: WebSocket, code: CloseName, reason: string): void {
  socket.serializeAttachment(gone)
  socket.close(closeCodes[code][0], reason)
}

/** Returns whether an attachment is that of a session. */
export function isOfSession(attachment: object | null): attachment is Attachment {
  return attachment !== null && 'id' in attachment
}

// No Close frame arrived with these (RFC 6455 §7.4.1), and the others may not be sent: answering with them throws.
const unanswerable = new Set([1004, 1005, 1006, 1015])

/** The limits on this runtime: where it knows what a socket has not taken, clients need not confirm. */
export function limitsHere(limits: Limits): Limits {
  return 'bufferedAmount' in WebSocket.prototype ? { ...limits, unread_bytes: 0 } : limits
}

function sample(state: SocketState): void {
  state.buffered = bufferedBytes(state.socket)
  state.unsampled = 0
}

/** Bytes sent to a socket that it has not taken. Known since workerd 1.20261117; 0 before. */
function bufferedBytes(socket: WebSocket): number {
  return (socket as WebSocket & { bufferedAmount?: number }).bufferedAmount ?? 0
}
