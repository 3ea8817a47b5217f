import type { EncodeContext } from '../../protocol/dialects/dialect.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { LoggedEvent } from '../../protocol/events.ts'
import type { ServerFrame } from '../../protocol/frames.ts'
import type { Effect } from '../effects.ts'
import type { DialectName } from '../sessions/caller-context.ts'
import type { Session, SessionId } from '../sessions/session.ts'
import { canReceive } from './audience.ts'
import { packFrames } from './pack-frames.ts'

type Spoken = Extract<Effect, { do: 'send' | 'broadcast' }>
type Way = { to: SessionId } | { except: SessionId | undefined }
type Sessions = ReadonlyMap<SessionId, Session>

/** What one session is to get: texts in their order. `lasting` leaves out what was only of the moment. */
export type Delivery = { texts: readonly string[]; lasting: () => readonly string[] }

/**
 * What the room said and nobody was sent yet. Each frame is encoded once for each dialect that is present, and all who
 * hear the same share the same texts; only who is told something of its own, an ack for one, gets its own.
 */
export class Broadcaster {
  #said: Said[] = []
  #apart = new Set<Session>() // hear something that others do not, or not all that they do

  /** Remembers what is said. Whom a `send` is for is known now; who listens to a broadcast, when it is sent. */
  add(effect: Spoken, sessions: Sessions, around: EncodeContext): void {
    const own = sessions.get(effect.do === 'send' ? effect.to : (effect.except ?? ''))
    if (own !== undefined) this.#apart.add(own)
    if (effect.do === 'broadcast') this.#said.push(new Said(listOf(effect.frame), { except: effect.except }, around))
    else if (own !== undefined) this.#said.push(new Said([effect.frame], { to: own.id }, around))
  }

  /** Hands out everything. `packed`: what a native session gets goes in as few frames as there can be (N1). */
  flush(sessions: Sessions, packed: boolean, deliver: (id: SessionId, mail: Delivery) => void): void {
    const said = this.#said
    const apart = this.#apart
    this.#said = []
    this.#apart = new Set()
    for (const session of apart) deliver(session.id, mailFor(session, said, packed))
    if (!said.some(({ isForAll }) => isForAll)) return
    const typists = new Set(said.flatMap(({ typists }) => typists))
    const shared = new Map<DialectName, Delivery>()
    for (const session of sessions.values()) {
      if (apart.has(session)) continue
      const types = typists.size > 0 && typists.has(session.user.id)
      const hearsAll = session.principal !== null && session.cursor === null && !types
      const mail = (hearsAll ? shared.get(session.dialect) : undefined) ?? mailFor(session, said, packed)
      if (hearsAll) shared.set(session.dialect, mail)
      deliver(session.id, mail)
    }
  }
}

/** One or more frames that go the same way, with their texts. */
class Said {
  readonly isForAll: boolean
  readonly isOfTheMoment: boolean
  readonly typists: readonly string[] // do not hear of themselves
  readonly #frames: readonly ServerFrame[]
  readonly #way: Way
  readonly #around: EncodeContext
  readonly #texts = new Map<DialectName, readonly string[]>()

  constructor(frames: readonly ServerFrame[], way: Way, around: EncodeContext) {
    this.#frames = frames
    this.#way = way
    this.#around = around
    this.isForAll = 'except' in way
    this.isOfTheMoment = frames.every(({ type }) => momentary.has(type))
    this.typists = frames.flatMap(frame => (frame.type === 'typing' ? [frame.data.user_id] : []))
  }

  reaches(session: Session): boolean {
    if ('to' in this.#way) return session.id === this.#way.to
    return session.id !== this.#way.except && this.#frames.every(frame => canReceive(session, frame))
  }

  textsIn(dialect: DialectName): readonly string[] {
    let texts = this.#texts.get(dialect)
    if (texts === undefined) {
      texts = this.#frames.flatMap(frame => dialects[dialect].encode(frame, this.#around) ?? [])
      this.#texts.set(dialect, texts)
    }
    return texts
  }
}

function mailFor(session: Session, said: readonly Said[], packed: boolean): Delivery {
  const heard = said.filter(one => one.reaches(session))
  const textsOf = (some: readonly Said[]) => pack(session.dialect, some, packed)
  return { texts: textsOf(heard), lasting: () => textsOf(heard.filter(({ isOfTheMoment }) => !isOfTheMoment)) }
}

/** Only native clients take arrays. What was said as a list goes as one in any case. */
function pack(dialect: DialectName, said: readonly Said[], packed: boolean): readonly string[] {
  const lists = said.map(one => one.textsIn(dialect))
  if (dialect !== 'native') return lists.flat()
  return packed ? packFrames(lists.flat()) : lists.flatMap(packFrames)
}

function listOf(frame: ServerFrame | readonly LoggedEvent[]): readonly ServerFrame[] {
  return 'type' in frame ? [frame] : frame
}

/** Frames that nobody misses later: they were about this moment. Answers to a command are not. */
const momentary: ReadonlySet<string> = new Set(['presence', 'typing', 'signal', 'read', 'agent_status', 'agent_delta'])
