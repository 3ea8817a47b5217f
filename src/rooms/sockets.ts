import { type CloseName, closeCodes } from '../protocol/close-codes.ts'
import type { Limits } from '../protocol/limits.ts'
import type { Wire } from './deadlines.ts'
import type { Ledger } from './meter/ledger.ts'
import type { Mail } from './outbox.ts'
import type { Attachment, SessionId } from './session.ts'

const dropBytes = 262_144 // due: what is only of the moment is left out beyond this
const slowBytes = 1_048_576 // due: whoever does not take it is let go (E3, 4430)

/** A socket's attachment once it was told to go: it must count as gone even if the close flag is lost over two
 * hibernations (platform: workerd keeps it over one only). */
const gone = { v: 1, gone: true } as const

/** The hibernatable sockets of one object, by session. Sends, closes and remembers; decides nothing. */
export class Sockets implements Wire {
  ledgers: readonly Ledger[] = [] // of the meter, as they were found on sockets
  readonly #context: DurableObjectState
  readonly #byId = new Map<SessionId, WebSocket>()
  readonly #ids = new WeakMap<WebSocket, SessionId>()
  readonly #slow = new Set<SessionId>()
  readonly #unreadBytes: number
  readonly #unread = new Map<SessionId, number>() // characters sent since the last `recv`, of those who ever said one

  constructor(context: DurableObjectState, unreadBytes: number) {
    this.#context = context
    this.#unreadBytes = unreadBytes
  }

  /** Finds the sockets that outlived the last instance, and what is written on them. */
  restore(): Attachment[] {
    this.#byId.clear()
    const ledgers: Ledger[] = []
    const attachments = this.#context.getWebSockets().flatMap(socket => {
      const attachment = socket.deserializeAttachment() as Attachment | typeof gone | null
      if (attachment === null || 'gone' in attachment) return []
      if (attachment.ledger !== undefined) ledgers.push(attachment.ledger)
      if (socket.readyState !== WebSocket.OPEN) return [] // its ledger may still be the newest
      this.#add(attachment.id, socket)
      if (attachment.tellsTaken) this.taken(attachment.id)
      return [attachment]
    })
    this.ledgers = ledgers
    return attachments
  }

  accept(id: SessionId, socket: WebSocket): void {
    this.#context.acceptWebSocket(socket)
    this.#add(id, socket)
  }

  idOf(socket: WebSocket): SessionId | null {
    return this.#ids.get(socket) ?? null
  }

  remember(id: SessionId, attachment: Attachment): void {
    this.#byId.get(id)?.serializeAttachment(attachment)
  }

  /** Sends a session its mail: what it is far behind with leaves out the moment, and beyond that nothing is sent. */
  deliver(id: SessionId, { texts, lasting }: Mail): void {
    const socket = this.#byId.get(id)
    if (socket === undefined || socket.readyState !== WebSocket.OPEN) return
    for (const text of due(socket) > dropBytes ? lasting() : texts) {
      if (due(socket) > slowBytes || this.#unreadBy(id) > this.#unreadBytes) {
        this.#slow.add(id)
        return
      }
      socket.send(text)
      if (this.#unread.has(id)) this.#unread.set(id, this.#unreadBy(id) + text.length)
    }
  }

  /** A peer has what it was sent so far; from now on it is expected to say so again. */
  taken(id: SessionId): void {
    if (this.#unreadBytes > 0) this.#unread.set(id, 0)
  }

  close(id: SessionId, code: CloseName, reason: string): void {
    const socket = this.#byId.get(id)
    if (socket === undefined) return
    this.#byId.delete(id)
    this.#unread.delete(id)
    this.#ids.delete(socket) // whatever it still sends is nobody's
    socket.serializeAttachment(gone)
    socket.close(closeCodes[code][0], reason)
  }

  /** The peer closed or vanished: answers its close, which the runtime leaves to us. */
  answerClose(socket: WebSocket, code: number, reason: string): void {
    const id = this.#ids.get(socket)
    if (id !== undefined) {
      this.#byId.delete(id)
      this.#unread.delete(id)
    }
    if (socket.readyState === WebSocket.CLOSED) return
    try {
      socket.close(unanswerable.has(code) || code > 4999 ? 1000 : code, reason)
    } catch {
      // A code that may not be sent, or a socket that was closed meanwhile: the peer is gone either way.
    }
  }

  /** Sessions that do not take what they are sent; each is named once. */
  takeSlow(): SessionId[] {
    const slow = [...this.#slow]
    this.#slow.clear()
    return slow
  }

  heard(id: SessionId): number {
    const socket = this.#byId.get(id)
    return socket === undefined ? 0 : (this.#context.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0)
  }

  backlog(id: SessionId): number {
    const socket = this.#byId.get(id)
    return socket === undefined ? 0 : Math.max(due(socket), this.#unreadBy(id))
  }

  #unreadBy(id: SessionId): number {
    return this.#unread.get(id) ?? 0
  }

  /** The meter's ledger, if it lies on this socket. */
  ledgerOn(socket: WebSocket): Ledger | null {
    const attachment = socket.deserializeAttachment() as Attachment | typeof gone | null
    return attachment === null || 'gone' in attachment ? null : (attachment.ledger ?? null)
  }

  /** How many do not take what they were sent: each keeps the object in memory. */
  undrained(): number {
    return [...this.#byId.values()].filter(socket => due(socket) > 0).length
  }

  #add(id: SessionId, socket: WebSocket): void {
    this.#byId.set(id, socket)
    this.#ids.set(socket, id)
  }
}

// No Close frame arrived with these (RFC 6455 §7.4.1), and the others may not be sent: answering with them throws.
const unanswerable = new Set([1004, 1005, 1006, 1015])

/** The limits as they are here: where the runtime tells what a socket has not taken, its client need not. */
export function limitsHere(limits: Limits): Limits {
  return 'bufferedAmount' in WebSocket.prototype ? { ...limits, unread_bytes: 0 } : limits
}

/** Bytes sent to a socket that it has not taken. The runtime tells since workerd 1.20261117; before, nothing is known. */
function due(socket: WebSocket): number {
  return (socket as WebSocket & { bufferedAmount?: number }).bufferedAmount ?? 0
}
