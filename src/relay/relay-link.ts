import { timestamp } from '../protocol/dialects/dialect.ts'
import type { DialectName } from '../protocol/dialects/index.ts'
import type { RelayFigures } from '../protocol/stats.ts'
import type { RelaySocket } from '../rooms/object/relay-sessions.ts'
import type { Delivery } from '../rooms/object/subscriber.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { OutTexts } from './out-texts.ts'
import type { DownFrame } from './wire.ts'

/** Characters that a relay may have been sent and not taken; beyond, it is let go, and resumes. */
export const slowCharacters = 4_194_304

/** One relay as its circle sees it: its sessions, its connection if there is one, and what the next run sends it. */
export class RelayLink {
  readonly name: string
  readonly sessions = new Set<SessionId>()
  readonly byDialect = new Map<DialectName, Set<SessionId>>() // the same; no set is empty
  dialects: readonly DialectName[] = [] // of its sessions
  socket: RelaySocket | null = null // null: it is cut off, or parked
  isParked = false // it is called when there is something for it
  lostAt: number | null = null // ms
  epoch: string | null = null // of the log that it was told of
  #untaken = 0 // characters sent
  #allowed = slowCharacters // that may be untaken
  #done: number | null = null // the last frame of its members that was handled, if it was not told yet
  readonly #own = new Map<Delivery, SessionId[]>()

  constructor(name: string) {
    this.name = name
  }

  /** One more session stands here. */
  enter(session: SessionId, dialect: DialectName): void {
    this.sessions.add(session)
    const some = this.byDialect.get(dialect)
    if (some !== undefined) some.add(session)
    else {
      this.byDialect.set(dialect, new Set([session]))
      this.dialects = [...this.byDialect.keys()]
    }
  }

  /** A session stands here no more. */
  leave(session: SessionId, dialect: DialectName): void {
    this.sessions.delete(session)
    const some = this.byDialect.get(dialect)
    some?.delete(session)
    if (some?.size !== 0) return
    this.byDialect.delete(dialect)
    this.dialects = [...this.byDialect.keys()]
  }

  /** None stands here any more. */
  empty(): void {
    this.sessions.clear()
    this.byDialect.clear()
    this.dialects = []
  }

  /** Is there nobody to send to, and nobody to call? */
  get isAway(): boolean {
    return this.socket === null && !this.isParked
  }

  /** Has this run something for it? `shared`: for every session of a dialect. */
  isWanted(shared: ReadonlyMap<DialectName, Delivery>): boolean {
    return this.#own.size > 0 || this.dialects.some(dialect => shared.has(dialect))
  }

  /** It is connected anew: what was to be sent on the last connection is not sent on this one. */
  attach(socket: RelaySocket): void {
    this.socket = socket
    this.isParked = false
    this.lostAt = null
    this.epoch = null
    this.#untaken = 0
    this.#allowed = slowCharacters
    this.#done = null
    this.#clear()
  }

  /** Its connection is gone. */
  lose(now: number): void {
    this.socket = null
    this.isParked = false
    this.lostAt = now
    this.#clear()
  }

  /** It hangs up, and is called when there is something for it. */
  park(): void {
    this.socket = null
    this.isParked = true
    this.#untaken = 0
    this.#clear()
  }

  /** Collects what one of its sessions alone is sent in this run. */
  add(session: SessionId, delivery: Delivery): void {
    if (!this.isAway) this.#own.set(delivery, [...(this.#own.get(delivery) ?? []), session])
  }

  /** A frame of one of its members was handled. */
  handled(n: number): void {
    this.#done = n
  }

  /** Itself, for metrics. */
  get figures(): RelayFigures {
    const cut_since = this.lostAt === null ? null : timestamp(this.lostAt)
    return { name: this.name, sessions: this.sessions.size, cut_since, behind: this.#untaken }
  }

  /** Has it taken so little that it must be let go? */
  get isSlow(): boolean {
    return this.#untaken > this.#allowed
  }

  /** It has taken so much of what it was sent. */
  taken(characters: number): void {
    this.#untaken = Math.max(0, this.#untaken - characters)
    this.#allowed = Math.max(slowCharacters, this.#allowed - characters)
  }

  /** Sends what was collected in this run, if it is connected. */
  flush(texts: OutTexts): void {
    const text = texts.textFor({ dialects: this.dialects, own: this.#own, done: this.#done })
    this.#clear()
    if (text === null) return
    this.#done = null
    this.#sendText(text)
  }

  /** Sends a frame, if it is connected. */
  send(frame: DownFrame): void {
    if (this.socket === null) return
    this.#sendText(JSON.stringify(frame))
    if (frame.t === 'filled') this.#allowed = slowCharacters + this.#untaken // what it had missed came at once, as it must
  }

  #sendText(text: string): void {
    if (this.socket === null) return
    this.#untaken += text.length
    try {
      this.socket.send(text)
    } catch {
      // It is closing: its end is on the way to us.
    }
  }

  #clear(): void {
    if (this.#own.size > 0) this.#own.clear() // clearing an empty map costs as much
  }
}
