import { type DialectName, dialects } from '../protocol/dialects/index.ts'
import type { Delivery, Subscriber } from '../rooms/object/subscriber.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import { silenceMs } from '../rooms/sessions/timeouts.ts'
import type { IdentifiedCaller } from '../rpc/channel.ts'
import { historyPages } from './history-pages.ts'
import type { Ring } from './ring.ts'
import type { Frames, Out } from './wire.ts'

const sweepMs = 30_000 // between two searches for members that are silent
const drainMs = 20 // between two looks at what a member has taken
const pendingCharacters = 65_536 // sent to one member alone before the circle is told that it has taken them
const drainedBytes = 131_072

/** What is attached to the socket of a member. */
export type MemberAttachment = {
  v: 1
  id: SessionId
  dialect: DialectName
  channel: string
  expires: number | null // ms
  isSettled: boolean // it has every event that it was to be sent from the log
}

/** The sockets of a relay's members. */
export type MemberSockets = Subscriber & { store(id: SessionId, attachment: MemberAttachment): void }

/** A member behind a relay. */
export type RelayMember = MemberAttachment & {
  seenAt: number // ms
  pending: number // characters sent to it alone since the circle was told that it had taken everything
  resumesFrom: number | null // the events after this seq are sent to it from the ring, after its `welcome`
}

/** The members whose sockets stand at one relay. */
export class Members {
  readonly #sockets: MemberSockets
  readonly #byId = new Map<SessionId, RelayMember>()
  readonly #owing = new Set<RelayMember>()
  #sweepAt: number

  constructor(sockets: MemberSockets, attachments: readonly MemberAttachment[], now: number) {
    this.#sockets = sockets
    this.#sweepAt = attachments.length > 0 ? now : now + sweepMs // what was due while it was not in memory
    for (const one of attachments) {
      const seenAt = sockets.lastPingAt(one.id) || now
      this.#byId.set(one.id, { ...one, seenAt, pending: 0, resumesFrom: null })
    }
  }

  get size(): number {
    return this.#byId.size
  }

  ids(): SessionId[] {
    return [...this.#byId.keys()]
  }

  all(): RelayMember[] {
    return [...this.#byId.values()]
  }

  has(id: SessionId): boolean {
    return this.#byId.has(id)
  }

  /** Adds a member. `resumesFrom`: what follows this seq it gets from the ring. */
  add(id: SessionId, { dialect, channel, principal }: IdentifiedCaller, resumesFrom: number | null, now: number): void {
    const { expires } = principal
    const member = { v: 1, id, dialect, channel: `circle:${channel}`, expires, isSettled: false } as const
    this.#byId.set(id, { ...member, seenAt: now, pending: 0, resumesFrom })
  }

  /** Stores a member's attachment. */
  store(id: SessionId): void {
    const member = this.#byId.get(id)
    if (member === undefined) return
    const { v, dialect, channel, expires, isSettled } = member
    this.#sockets.store(id, { v, id, dialect, channel, expires, isSettled })
  }

  /** A member sent something; null: there is no such member. */
  seen(id: SessionId, now: number): RelayMember | null {
    const member = this.#byId.get(id)
    if (member !== undefined) member.seenAt = now
    return member ?? null
  }

  /** Removes a member; false: there is none. */
  remove(id: SessionId): boolean {
    const member = this.#byId.get(id)
    if (member === undefined) return false
    this.#owing.delete(member)
    return this.#byId.delete(id)
  }

  /** A member has every event that it was to be sent from the log; its token ends then. */
  settle(id: SessionId, expires: number | null): void {
    const member = this.#byId.get(id)
    if (member === undefined) return
    Object.assign(member, { isSettled: true, expires })
    this.store(id)
  }

  /** Hands out the frames of a run. Returns those members that the ring does not reach any more. */
  deliver(all: NonNullable<Out['all']>, to: NonNullable<Out['to']>, ring: Ring): SessionId[] {
    const named = new Set<SessionId>()
    const lost: SessionId[] = []
    for (const [ids, frames] of to) {
      for (const id of ids) {
        named.add(id)
        if (!this.#deliverOwn(id, frames, ring)) lost.push(id)
      }
    }
    const deliveries = new Map(Object.entries(all).map(([name, frames]) => [name, deliveryOf(frames)]))
    if (deliveries.size === 0) return lost
    for (const { id, dialect } of this.#byId.values()) {
      const delivery = named.has(id) ? undefined : deliveries.get(dialect)
      if (delivery !== undefined) this.#sockets.deliver(id, delivery)
    }
    return lost
  }

  /** Sends one member something of the relay's own. */
  deliverTo(id: SessionId, frames: readonly string[]): void {
    this.#sockets.deliver(id, deliveryOf({ f: frames }))
  }

  /** Has every member all that it was to be sent, as far as is known here? */
  get areSettled(): boolean {
    return this.#owing.size === 0 && this.all().every(({ isSettled }) => isSettled)
  }

  /** Members that have taken what was sent to them alone, since they were asked for last. */
  takeDrained(): SessionId[] {
    const drained = [...this.#owing].filter(({ id }) => this.#sockets.backlog(id) <= drainedBytes)
    for (const member of drained) {
      member.pending = 0
      this.#owing.delete(member)
    }
    return drained.map(({ id }) => id)
  }

  /** When something is due next (ms), or null. */
  nextWake(now: number): number | null {
    if (this.#byId.size === 0) return null
    return this.#owing.size > 0 ? Math.min(now + drainMs, this.#sweepAt) : this.#sweepAt
  }

  /** Members that have sent no sign of life for too long, if it is time to look for them. */
  silent(now: number): SessionId[] {
    if (now < this.#sweepAt) return []
    this.#sweepAt = now + sweepMs
    return this.all()
      .filter(({ id, dialect, seenAt }) => {
        const last = Math.max(seenAt, this.#sockets.lastPingAt(id))
        return dialects[dialect].heartbeats && now >= last + silenceMs
      })
      .map(({ id }) => id)
  }

  /** Members whose tokens have ended. */
  expired(now: number): SessionId[] {
    return this.all().flatMap(({ id, expires }) => (expires !== null && now >= expires ? [id] : []))
  }

  #deliverOwn(id: SessionId, frames: Frames, ring: Ring): boolean {
    const member = this.#byId.get(id)
    if (member === undefined) return true
    const since = member.resumesFrom
    const sent = since === null || frames.f.length === 0 ? frames : this.#withHistory(member, since, frames, ring)
    if (sent === null) return false
    member.pending += sent.f.reduce((sum, text) => sum + text.length, 0)
    if (member.pending > (member.isSettled ? pendingCharacters : 0)) this.#owing.add(member)
    this.#sockets.deliver(id, deliveryOf(sent))
    return true
  }

  /** A member's first frames begin with its `welcome`; if that says so, the events it missed follow. Null: they are not here. */
  #withHistory(member: RelayMember, since: number, { f }: Frames, ring: Ring): Frames | null {
    member.resumesFrom = null
    const [welcome = '', ...rest] = f
    const { data, timestamp } = JSON.parse(welcome) as { data: { recovered: boolean; head: number }; timestamp: string }
    if (!data.recovered) return { f }
    if (data.head > since && !ring.covers(since)) return null
    const pages = historyPages(ring.between(since, data.head), { timestamp, channel: member.channel })
    return { f: [welcome, ...pages, ...rest] }
  }
}

function deliveryOf({ f, d }: Frames): Delivery {
  return { frames: f, durable: () => d ?? f }
}
