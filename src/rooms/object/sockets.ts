import { type CloseName, closeCodes } from '../../protocol/close-codes.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { Ledger } from '../metering/ledger.ts'
import type { Attachment, SessionId } from '../sessions/session.ts'
import type { SocketProbe } from '../sessions/timeouts.ts'
import type { Delivery } from './broadcaster.ts'

const dropBytes = 262_144 // due: what is only of the moment is left out beyond this
const slowBytes = 1_048_576 // due: whoever does not take it is let go (E3, 4430)
const lookBytes = 16_384 // sent between two looks at what is due: a look costs as much as a line of ours

/** A socket's attachment once it was told to go: it must count as gone even if the close flag is lost over two
 * hibernations (platform: workerd keeps it over one only). */
const gone = { v: 1, gone: true } as const

/** A socket, and what is known of how it takes what it is sent. */
type Line = {
  socket: WebSocket
  unlooked: number // characters sent since what is due was looked at
  due: number // bytes that it had not taken then
  unread: number | null // characters sent since its last `recv`; null: it never said one
}

/** The hibernatable sockets of one object, by session. Sends, closes and remembers; decides nothing. */
export class Sockets implements SocketProbe {
  ledgers: readonly Ledger[] = [] // of the meter, as they were found on sockets
  readonly #context: DurableObjectState
  readonly #byId = new Map<SessionId, Line>()
  readonly #ids = new WeakMap<WebSocket, SessionId>()
  readonly #slow = new Set<SessionId>()
  readonly #unreadBytes: number

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
      if (attachment.tellsTaken) this.confirmReceived(attachment.id)
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
    this.#byId.get(id)?.socket.serializeAttachment(attachment)
  }

  /** Sends a session its mail: what is far behind is spared the moment, and beyond that nothing is sent any more. */
  deliver(id: SessionId, mail: Delivery): void {
    const line = this.#byId.get(id)
    if (line === undefined) return
    if (line.due > dropBytes) look(line)
    for (const text of line.due > dropBytes ? mail.lasting() : mail.texts) {
      if (this.#isSlow(line)) {
        this.#slow.add(id)
        return
      }
      line.unlooked += text.length
      if (line.unread !== null) line.unread += text.length
      try {
        line.socket.send(text)
      } catch {
        return // it is closing: its end is on the way to us
      }
    }
  }

  /** A peer has what it was sent so far; from now on it is expected to say so again. */
  confirmReceived(id: SessionId): void {
    const line = this.#byId.get(id)
    if (line !== undefined && this.#unreadBytes > 0) line.unread = 0
  }

  #isSlow(line: Line): boolean {
    if (line.unread !== null && line.unread > this.#unreadBytes) return true
    if (line.unlooked > lookBytes) look(line)
    return line.due > slowBytes
  }

  close(id: SessionId, code: CloseName, reason: string): void {
    const socket = this.#byId.get(id)?.socket
    if (socket === undefined) return
    this.#byId.delete(id)
    this.#ids.delete(socket) // whatever it still sends is nobody's
    socket.serializeAttachment(gone)
    socket.close(closeCodes[code][0], reason)
  }

  /** The peer closed or vanished: answers its close, which the runtime leaves to us. */
  answerClose(socket: WebSocket, code: number, reason: string): void {
    const id = this.#ids.get(socket)
    if (id !== undefined) this.#byId.delete(id)
    if (socket.readyState === WebSocket.CLOSED) return
    try {
      socket.close(unanswerable.has(code) || code > 4999 ? 1000 : code, reason)
    } catch {
      // A code that may not be sent, or a socket that was closed meanwhile: the peer is gone either way.
    }
  }

  /** Sessions that do not take what they are sent; each is named once. */
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
    const line = this.#byId.get(id)
    return line === undefined ? 0 : Math.max(due(line.socket), line.unread ?? 0)
  }

  /** The meter's ledger, if it lies on this socket. */
  ledgerOn(socket: WebSocket): Ledger | null {
    const attachment = socket.deserializeAttachment() as Attachment | typeof gone | null
    return attachment === null || 'gone' in attachment ? null : (attachment.ledger ?? null)
  }

  /** How many do not take what they were sent: each keeps the object in memory. */
  undrained(): number {
    return [...this.#byId.values()].filter(({ socket }) => due(socket) > 0).length
  }

  #add(id: SessionId, socket: WebSocket): void {
    this.#byId.set(id, { socket, unlooked: 0, due: 0, unread: null })
    this.#ids.set(socket, id)
  }
}

// No Close frame arrived with these (RFC 6455 §7.4.1), and the others may not be sent: answering with them throws.
const unanswerable = new Set([1004, 1005, 1006, 1015])

/** The limits as they are here: where the runtime tells what a socket has not taken, its client need not. */
export function limitsHere(limits: Limits): Limits {
  return 'bufferedAmount' in WebSocket.prototype ? { ...limits, unread_bytes: 0 } : limits
}

function look(line: Line): void {
  line.due = due(line.socket)
  line.unlooked = 0
}

/** Bytes sent to a socket that it has not taken. The runtime tells since workerd 1.20261117; before, nothing is known. */
function due(socket: WebSocket): number {
  return (socket as WebSocket & { bufferedAmount?: number }).bufferedAmount ?? 0
}
