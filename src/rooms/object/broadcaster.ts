import type { EncodeContext } from '../../protocol/dialects/dialect.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { LoggedEvent } from '../../protocol/events/events.ts'
import type { ServerFrame } from '../../protocol/frames.ts'
import type { BinaryFrame } from '../outcome.ts'
import type { DialectName } from '../sessions/caller-context.ts'
import { receivesSignals, type Session, type SessionId } from '../sessions/session.ts'
import type { Delivery, Encoded } from './subscriber.ts'

/** A frame that a room sends, of either kind. */
export type AnyFrame = ServerFrame | BinaryFrame

/**
 * The sessions to which a broadcast is handed. `typingUsers` are sent no typing frames about themselves. Of sessions that
 * get the same through one relay, one is enough.
 */
export type Receivers = (typingUsers: ReadonlySet<string>) => Iterable<Session>

/**
 * Collects the frames of a run and hands them out at its end. Each frame is encoded once for each dialect that is
 * present, and sessions that receive the same share one delivery; only a session that gets something of its own, such
 * as an ack, gets a delivery of its own.
 */
export class Broadcaster {
  #frames: OutgoingFrame[] = []
  #individualSessions = new Set<Session>() // that receive other frames than the rest: more or fewer

  /** Logged events, for every live session. Several go out in few frames (N1). */
  addEvents(events: readonly LoggedEvent[], context: EncodeContext): void {
    this.#frames.push(new OutgoingFrame(events, null, none, context))
  }

  /** A frame for all sessions but these. */
  addEphemeral(frame: AnyFrame, except: readonly Session[], context: EncodeContext): void {
    for (const session of except) this.#individualSessions.add(session)
    this.#frames.push(new OutgoingFrame([frame], null, except, context))
  }

  /** A frame for one session. */
  addFor(session: Session, frame: AnyFrame, context: EncodeContext): void {
    this.#individualSessions.add(session)
    this.#frames.push(new OutgoingFrame([frame], session.id, none, context))
  }

  /** Hands out everything. `packed`: what a native session gets goes in as few frames as possible (N1). */
  flush(receivers: Receivers, packed: boolean, deliver: (session: SessionId, delivery: Delivery) => void): void {
    const frames = this.#frames
    if (frames.length === 0) return
    const individual = this.#individualSessions
    this.#frames = []
    this.#individualSessions = new Set()
    for (const session of individual) deliver(session.id, deliveryFor(session, frames, packed))
    if (frames.every(({ to }) => to !== null)) return
    const typingUsers = new Set(frames.flatMap(({ typingUsers }) => typingUsers))
    const shared = new Map<DialectName, Delivery>()
    for (const session of receivers(typingUsers)) {
      if (individual.has(session)) continue
      const isTyping = typingUsers.size > 0 && typingUsers.has(session.user.id)
      const receivesAll = session.cursor === null && !isTyping && session.signals === undefined
      let delivery = receivesAll ? shared.get(session.dialect) : undefined
      if (delivery === undefined) {
        delivery = deliveryFor(session, frames, packed)
        if (receivesAll) shared.set(session.dialect, Object.assign(delivery, { isShared: true as const }))
      }
      deliver(session.id, delivery)
    }
  }
}

const none: readonly Session[] = []

/** One or more frames with the same receivers, and their encodings. */
class OutgoingFrame {
  readonly to: SessionId | null // null: a broadcast
  readonly isEphemeral: boolean
  readonly typingUsers: readonly string[] // get no typing frames about themselves
  readonly #frames: readonly AnyFrame[]
  readonly #except: readonly Session[]
  readonly #context: EncodeContext
  readonly #encoded = new Map<DialectName, readonly Encoded[]>()

  constructor(frames: readonly AnyFrame[], to: SessionId | null, except: readonly Session[], context: EncodeContext) {
    this.#frames = frames
    this.to = to
    this.#except = except
    this.#context = context
    this.isEphemeral = frames.every(isEphemeral)
    this.typingUsers = frames.flatMap(frame => (frame.type === 'typing' ? [frame.data.user_id] : []))
  }

  reaches(session: Session): boolean {
    if (this.to !== null) return session.id === this.to && this.#frames.every(frame => isWanted(session, frame))
    return !this.#except.includes(session) && this.#frames.every(frame => canReceive(session, frame))
  }

  encodedIn(dialect: DialectName): readonly Encoded[] {
    let encoded = this.#encoded.get(dialect)
    if (encoded === undefined) {
      encoded = this.#frames.flatMap(frame => encode(frame, dialect, this.#context) ?? [])
      this.#encoded.set(dialect, encoded)
    }
    return encoded
  }
}

function encode(frame: AnyFrame, dialect: DialectName, context: EncodeContext): Encoded | null {
  if (frame.type !== 'binary' || !('bytes' in frame)) return dialects[dialect].encode(frame as ServerFrame, context)
  return context.wrappings?.get(dialect)?.wrap(frame.bytes, context.channel) ?? frame.bytes
}

/** Does a broadcast reach this session? */
function canReceive(session: Session, frame: AnyFrame): boolean {
  if ('seq' in frame) return session.cursor === null // else it comes with the replay
  const dialect = dialects[session.dialect]
  if (frame.type === 'retry') return dialect.showsRetry
  if (frame.type === 'signal') return receivesSignals(session)
  if (!dialect.receivesEphemeral) return false
  return frame.type !== 'typing' || frame.data.user_id !== session.user.id
}

/** Does a session want a frame that is for it alone? A signal to a user goes to all of the user's sessions. */
function isWanted(session: Session, frame: AnyFrame): boolean {
  return frame.type !== 'signal' || receivesSignals(session)
}

function deliveryFor(session: Session, frames: readonly OutgoingFrame[], packed: boolean): Delivery {
  const received = frames.filter(frame => frame.reaches(session))
  const encodedOf = (some: readonly OutgoingFrame[]) => pack(session.dialect, some, packed)
  return {
    frames: encodedOf(received),
    durable: () => encodedOf(received.filter(({ isEphemeral }) => !isEphemeral)),
    hasEphemeral: received.some(({ isEphemeral }) => isEphemeral),
  }
}

/** Only native clients take arrays. Events that were added together go as one in any case. */
function pack(dialect: DialectName, frames: readonly OutgoingFrame[], packed: boolean): readonly Encoded[] {
  const lists = frames.map(frame => frame.encodedIn(dialect))
  if (!dialects[dialect].batches) return lists.flat()
  return packed ? packFrames(lists.flat()) : lists.flatMap(packFrames)
}

const arrayCharacters = 65_536 // of one array; a longer text goes alone

/** JSON texts in as few JSON arrays as possible, in order (N1). A single one stays as it is, and so do bytes. */
export function packFrames(frames: readonly Encoded[]): Encoded[] {
  if (frames.length < 2) return [...frames]
  const packed: (string[] | Uint8Array)[] = []
  let characters = 0
  for (const frame of frames) {
    const last = packed.at(-1)
    characters += frame.length
    if (typeof frame !== 'string') packed.push(frame)
    else if (Array.isArray(last) && characters <= arrayCharacters) last.push(frame)
    else {
      packed.push([frame])
      characters = frame.length
    }
  }
  return packed.map(one => (!Array.isArray(one) ? one : one.length === 1 ? one.join() : `[${one.join()}]`))
}

function isEphemeral(frame: AnyFrame): boolean {
  return frame.type === 'binary' && 'bytes' in frame ? frame.isEphemeral === true : ephemeralTypes.has(frame.type)
}

/** Frames that a slow reader does not miss later. Answers to a command are not among them. */
const ephemeralTypes: ReadonlySet<string> = new Set([
  'presence',
  'typing',
  'signal',
  'read',
  'agent_status',
  'agent_delta',
])
