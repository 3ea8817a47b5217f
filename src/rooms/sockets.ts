import { type CloseName, closeCodes } from '../protocol/close-codes.ts'
import type { Surroundings } from '../protocol/dialects/dialect.ts'
import { dialects } from '../protocol/dialects/dialects.ts'
import type { LoggedEvent } from '../protocol/events.ts'
import type { Down } from '../protocol/frames.ts'
import { hears } from './audience.ts'
import { encodeBatch, isBatch } from './batch.ts'
import type { Wire } from './deadlines.ts'
import type { Attachment, Session, SessionId } from './session.ts'
import type { DialectName } from './visit.ts'

const dropBytes = 262_144 // due: what is only of the moment is left out beyond this
const slowBytes = 1_048_576 // due: whoever does not take it is let go (E3, 4430)

/** A socket's attachment once it was told to go: it must count as gone even if the close flag is lost over two
 * hibernations (platform: workerd keeps it over one only). */
const gone = { v: 1, gone: true } as const

type Sessions = ReadonlyMap<SessionId, Session>

/** The hibernatable sockets of one object, by session. Sends, closes and remembers; decides nothing. */
export class Sockets implements Wire {
  readonly #context: DurableObjectState
  readonly #byId = new Map<SessionId, WebSocket>()
  readonly #ids = new WeakMap<WebSocket, SessionId>()
  readonly #slow = new Set<SessionId>()

  constructor(context: DurableObjectState) {
    this.#context = context
  }

  /** Finds the sockets that outlived the last instance, and what is written on them. */
  restore(): Attachment[] {
    this.#byId.clear()
    return this.#context.getWebSockets().flatMap(socket => {
      const attachment = socket.deserializeAttachment() as Attachment | typeof gone | null
      if (attachment === null || 'gone' in attachment || socket.readyState !== WebSocket.OPEN) return []
      this.#add(attachment.id, socket)
      return [attachment]
    })
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

  /** Sends a frame to one session, in its dialect. */
  send(session: Session, frame: Down, around: Surroundings): void {
    const text = dialects[session.dialect].encode(frame, around)
    if (text !== null) this.#deliver(session.id, text, isOfTheMoment(frame))
  }

  /** Sends a frame to everybody who hears it, encoded once for each dialect that is present. */
  broadcast(
    sessions: Sessions,
    frame: Down | readonly LoggedEvent[],
    except: SessionId | undefined,
    around: Surroundings,
  ): void {
    if (isBatch(frame)) {
      this.#broadcastBatch(sessions, frame, around)
      return
    }
    const texts = new Map<DialectName, string | null>()
    const ofTheMoment = isOfTheMoment(frame)
    for (const session of sessions.values()) {
      if (session.id === except || !hears(session, frame)) continue
      let text = texts.get(session.dialect)
      if (text === undefined) {
        text = dialects[session.dialect].encode(frame, around)
        texts.set(session.dialect, text)
      }
      if (text !== null) this.#deliver(session.id, text, ofTheMoment)
    }
  }

  #broadcastBatch(sessions: Sessions, events: readonly LoggedEvent[], around: Surroundings): void {
    const [first] = events
    const texts = new Map<DialectName, string[]>()
    for (const session of sessions.values()) {
      if (first === undefined || !hears(session, first)) continue
      const own = texts.get(session.dialect) ?? encodeBatch(session.dialect, events, around)
      texts.set(session.dialect, own)
      for (const text of own) this.#deliver(session.id, text, false)
    }
  }

  close(id: SessionId, code: CloseName, reason: string): void {
    const socket = this.#byId.get(id)
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
    return socket === undefined ? 0 : due(socket)
  }

  #add(id: SessionId, socket: WebSocket): void {
    this.#byId.set(id, socket)
    this.#ids.set(socket, id)
  }

  #deliver(id: SessionId, text: string, ofTheMoment: boolean): void {
    const socket = this.#byId.get(id)
    if (socket === undefined || socket.readyState !== WebSocket.OPEN) return
    const waiting = due(socket)
    if (waiting > slowBytes) this.#slow.add(id)
    else if (waiting <= dropBytes || !ofTheMoment) socket.send(text)
  }
}

// No Close frame arrived with these (RFC 6455 §7.4.1), and the others may not be sent: answering with them throws.
const unanswerable = new Set([1004, 1005, 1006, 1015])

/** Bytes sent to a socket that it has not taken. The runtime tells since workerd 1.20261117; before, nothing is known. */
function due(socket: WebSocket): number {
  return (socket as WebSocket & { bufferedAmount?: number }).bufferedAmount ?? 0
}

/** A frame that nobody misses later: it was about this moment. Answers to a command are not. */
function isOfTheMoment(frame: Down): boolean {
  return momentary.has(frame.type)
}
const momentary: ReadonlySet<string> = new Set(['presence', 'typing', 'signal', 'read', 'agent_status', 'agent_delta'])
