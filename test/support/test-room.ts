import { deserialize, serialize } from 'node:v8'
import type { TurnOutcome, TurnProgress } from '../../src/agents/run-turn.ts'
import type { Principal } from '../../src/auth/principal.ts'
import type { Sql } from '../../src/lib/sql.ts'
import { type CloseName, closeCodes } from '../../src/protocol/close-codes.ts'
import type { Command } from '../../src/protocol/commands.ts'
import { type Limits, limitsWith } from '../../src/protocol/limits.ts'
import type { MemberAct } from '../../src/protocol/member-schema.ts'
import type { Publication, PublicationResult } from '../../src/protocol/publish-schema.ts'
import type { TurnRequest } from '../../src/protocol/turns.ts'
import { type ChannelKindConfig, circle } from '../../src/rooms/channel-kinds.ts'
import { type CommandOutput, replyIn } from '../../src/rooms/commands/response.ts'
import type { Effect } from '../../src/rooms/effects.ts'
import type { Resume } from '../../src/rooms/log/replay.ts'
import type { MembersResult } from '../../src/rooms/members/manage-members.ts'
import { Meter } from '../../src/rooms/metering/meter.ts'
import { Broadcaster } from '../../src/rooms/object/broadcaster.ts'
import type { Digest } from '../../src/rooms/outbound/digests/format.ts'
import { type DigestReceipt, receiveDigest } from '../../src/rooms/outbound/digests/receive.ts'
import { Room } from '../../src/rooms/room.ts'
import type { TokenCheckResult } from '../../src/rooms/sessions/authenticate.ts'
import type { DialectName } from '../../src/rooms/sessions/caller-context.ts'
import { fullBucket } from '../../src/rooms/sessions/frame-check.ts'
import { type Attachment, newSession, type SessionId } from '../../src/rooms/sessions/session.ts'
import { nodeSql } from './node-sql.ts'

/** 2026-11-21T09:00:00.000Z */
export const start = Date.UTC(2026, 10, 21, 9)

export type Frame = { type: string; data: Record<string, unknown>; [key: string]: unknown }

/** One socket and what came out of it. */
export type Seat = {
  id: SessionId
  heard: unknown[] // frames, parsed where they are JSON; `take` empties it
  closed: number | null // close code
}

type Options = {
  channel?: ChannelKindConfig
  name?: string
  agents?: string[]
  limits?: Partial<Limits>
  newId?: () => string
  sql?: Sql
  ink?: Ink // what attachments are written with: V8's serialization if absent, which workerd does not lend
  sleepy?: boolean // the object is put to sleep and woken after every step
}

/** How an attachment is written on a socket, and read. */
export type Ink = { write(attachment: Attachment): Uint8Array; read(written: Uint8Array): Attachment }

/** Plays the shell of a room in plain node: a clock, sockets, an alarm and a timer, all in the test's hand. */
export class TestRoom {
  now = start
  readonly sql: Sql
  readonly calls: TurnRequest[] = []
  readonly cancelled: string[] = []
  readonly digests: { circle: string; digest: Digest }[] = []
  readonly reports: [agent: string, activity: object][] = []
  readonly ended: {
    turn: string
    attempts: number
    request: string | null
    outcome: string
    code: string | undefined
  }[] = []
  readonly verifying: { session: SessionId; id: string | null; token: string }[] = []
  readonly taken: SessionId[] = []
  readonly effects: Effect[] = [] // of the last step
  readonly heartbeats = new Map<SessionId, number>()
  readonly backlogs = new Map<SessionId, number>()
  readonly wire = {
    lastPingAt: (id: SessionId) => this.heartbeats.get(id) ?? 0,
    backlog: (id: SessionId) => this.backlogs.get(id) ?? 0,
  }
  meter = new Meter(start)
  births = 0
  alarms = 0
  forgotten = false
  room: Room
  readonly #options: Options
  readonly #ink: Ink
  readonly #seats = new Map<SessionId, Seat>()
  readonly #attachments = new Map<SessionId, Uint8Array>()
  readonly #running = new Set<string>()
  readonly #outbox = new Broadcaster()
  #ids = 0

  constructor(options: Options = {}) {
    this.#options = options
    this.sql = options.sql ?? nodeSql()
    this.#ink = options.ink ?? { write: serialize, read: deserialize }
    this.room = this.#born()
  }

  /** Opens a socket. */
  open(
    name: string,
    {
      role = 'member',
      dialect = 'native',
      kind = 'person',
      expires = null,
      resume = null,
      agent = null,
      known = true,
      request,
    }: Visitor = {},
  ): Seat {
    const principal: Principal = { id: name, name: name.charAt(0).toUpperCase() + name.slice(1), kind, role, expires }
    const given = {
      id: this.#newId('s'),
      dialect,
      agent,
      principal: known ? principal : null,
      ...(request && { request }),
    }
    const session = newSession(given, fullBucket(this.limits, this.now), this.now)
    const seat: Seat = { id: session.id, heard: [], closed: null }
    this.#seats.set(seat.id, seat)
    this.meter.call(this.now)
    this.meter.upgrade(this.#seats.size)
    this.step(room => room.connect(session, resume, this.now))
    return seat
  }

  /** A raw frame arrives. */
  send(seat: Seat, frame: string | object | ArrayBuffer): void {
    const raw = typeof frame === 'string' || frame instanceof ArrayBuffer ? frame : JSON.stringify(frame)
    this.meter.message(raw, this.now)
    this.step(room => room.receive(seat.id, raw, this.now))
  }

  /** A native command arrives. */
  ask(seat: Seat, type: string, data: object = {}, id: string | null = this.#newId('c')): void {
    this.send(seat, id === null ? { type, data } : { type, id, data })
  }

  say(seat: Seat, content: string, id?: string): void {
    this.ask(seat, 'message', { content }, id)
  }

  /** A program tells of events, without a socket. */
  publish(name: string, publications: Publication[], role: Principal['role'] = 'member'): PublicationResult[] {
    const principal: Principal = { id: name, name, kind: 'person', role, expires: null }
    const given = { id: this.#newId('s'), dialect: 'native' as const, agent: null, principal }
    let results: PublicationResult[] = []
    this.step(room => {
      const session = newSession(given, fullBucket(this.limits, this.now), this.now)
      const told = room.publish(session, publications, this.now)
      results = told.result
      return told.effects
    })
    return results
  }

  /** Somebody asks over HTTP about the members. */
  manage(
    name: string,
    act: MemberAct,
    role: Principal['role'] = 'member',
    kind: Principal['kind'] = 'person',
  ): MembersResult {
    const principal: Principal = { id: name, name, kind, role, expires: null }
    const given = { id: this.#newId('s'), dialect: 'native' as const, agent: null, principal }
    let result: MembersResult = { done: true }
    this.step(room => {
      const managed = room.manage(newSession(given, fullBucket(this.limits, this.now), this.now), act, this.now)
      result = managed.result
      return managed.effects
    })
    return result
  }

  /** One command without a socket, and what it is told. */
  request(
    name: string,
    type: 'message' | 'history',
    data: object,
    role: Principal['role'] = 'member',
  ): CommandOutput | null {
    const principal: Principal = { id: name, name, kind: 'person', role, expires: null }
    const given = { id: this.#newId('s'), dialect: 'native' as const, agent: null, principal }
    const session = newSession(given, fullBucket(this.limits, this.now), this.now)
    let told: CommandOutput | null = null
    this.step(room => {
      const effects = room.request(session, { type, id: this.#newId('c'), data } as Command, this.now)
      told = replyIn(effects, session)
      return effects
    })
    return told
  }

  /** Why somebody could not come in now, or null. */
  refusalOf(name: string, role: Principal['role'] = 'member'): string | null {
    const principal: Principal = { id: name, name, kind: 'person', role, expires: null }
    const visit = { channel: 'dev', dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
    return this.room.refusalOf({ ...visit, principal }, this.now)?.code ?? null
  }

  /** The peer is gone. */
  leave(seat: Seat): void {
    this.#attachments.delete(seat.id)
    this.meter.closed(null, this.now)
    this.step(room => room.leave(seat.id, this.now))
  }

  identify(seat: Seat, outcome: TokenCheckResult, id: string | null = null): void {
    this.step(room => room.identified(seat.id, id, outcome, this.now))
  }

  part(turn: TurnRequest, part: TurnProgress): void {
    this.step(room => room.part(turn.turn, turn.attempt, part, this.now))
  }

  end(turn: TurnRequest, outcome: TurnOutcome): void {
    this.#running.delete(turn.turn)
    this.step(room => room.ended(turn.turn, turn.attempt, outcome, this.now))
  }

  /** A circle says up to where it heard a digest (null: it does not listen), or could not be told at all. */
  heardDigest(circle: string, to: number | null | 'failed'): void {
    this.#running.delete(`digest ${circle}`)
    this.step(({ context: { digests } }) =>
      to === 'failed' ? digests.failed(circle, this.now) : digests.heard(circle, to),
    )
  }

  /** A workspace tells this circle a digest. */
  hearDigest(digest: Digest): DigestReceipt {
    let heard: DigestReceipt = 'failed'
    this.step(room => {
      const { result, effects } = receiveDigest(room.context, digest, this.now)
      heard = result
      return effects
    })
    return heard
  }

  /** Lets time pass: whatever is due meanwhile happens at its moment. */
  advance(ms: number): void {
    const until = this.now + ms
    let stuck = 0
    while (true) {
      const alarm = this.room.nextAlarm()
      const tick = this.room.nextTick(this.now)
      const next = Math.min(alarm ?? Number.POSITIVE_INFINITY, tick ?? Number.POSITIVE_INFINITY)
      if (next > until) break
      stuck = next <= this.now ? stuck + 1 : 0
      if (stuck > 100) throw new Error(`owed since ${this.now - next} ms and never done`)
      this.now = Math.max(this.now, next)
      if (next === alarm) {
        this.alarms += 1
        this.meter.alarm(this.now)
      }
      if (next === alarm) this.step(room => room.alarm(this.now, this.wire))
      else this.step(room => room.tick(this.now, this.wire))
    }
    this.now = until
  }

  /** Everything a seat heard since the last time, and forgets it. */
  take(seat: Seat): Frame[] {
    return seat.heard.splice(0) as Frame[]
  }

  /** `data` of the first frame a seat heard since the last time; forgets the rest. */
  takeData<Data extends object>(seat: Seat): Data {
    const [frame] = this.take(seat)
    if (frame === undefined) throw new Error(`${seat.id} heard nothing`)
    return frame.data as Data
  }

  /** The object's memory is lost; what is stored and what is written on its sockets stays. */
  sleep(): void {
    this.room = this.#born()
  }

  /** As after a crash: memory and sockets are lost. */
  crash(): void {
    this.#attachments.clear()
    this.#running.clear()
    this.room = this.#born()
  }

  get limits(): Limits {
    return limitsWith(this.#options.limits ?? {})
  }

  step(act: (room: Room) => Effect[]): void {
    const effects = act(this.room)
    this.effects.splice(0, this.effects.length, ...effects)
    for (const effect of effects) this.#perform(effect)
    this.#rest(false)
  }

  /** Frames that arrive together: handled in their order, and what follows leaves together. */
  together(...arrivals: [Seat, string | object][]): void {
    this.effects.splice(0)
    for (const [seat, frame] of arrivals) {
      const effects = this.room.receive(seat.id, typeof frame === 'string' ? frame : JSON.stringify(frame), this.now)
      this.effects.push(...effects)
      for (const effect of effects) this.#perform(effect)
    }
    this.#rest(arrivals.length > 1)
  }

  #rest(packed: boolean): void {
    this.#speak(packed)
    for (const [id, attachment] of this.room.takeTouched(this.now)) {
      const written = this.#ink.write(attachment)
      const { byteLength } = written
      if (byteLength > 16_384) throw new Error(`an attachment of ${byteLength} bytes is one the runtime refuses`)
      this.#attachments.set(id, written)
    }
    // An object that waits for an agent's answer is not put to sleep (platform: pending calls prevent eviction).
    if (this.#options.sleepy && this.#running.size === 0) this.sleep()
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'send':
      case 'broadcast':
        this.#outbox.add(effect, this.room.context.sessions, this.room.context.around)
        return
      case 'close': {
        this.#speak(false)
        const seat = this.#seats.get(effect.session.id)
        if (seat) seat.closed = closeCodeOf(effect.code)
        this.#attachments.delete(effect.session.id)
        return
      }
      case 'taken':
        this.taken.push(effect.session)
        return
      case 'verify':
        this.verifying.push(effect)
        return
      case 'call':
        this.#running.add(effect.request.turn)
        this.calls.push(effect.request)
        return
      case 'cancel':
        this.#running.delete(effect.turn)
        this.cancelled.push(effect.turn)
        return
      case 'digest':
        this.#running.add(`digest ${effect.circle}`)
        this.digests.push(effect)
        return
      case 'report':
        this.reports.push([effect.agent, effect.data])
        return
      case 'turn ended': {
        const { turn, outcome, code } = effect
        this.ended.push({ turn: turn.id, attempts: turn.attempt, request: turn.request, outcome, code })
        return
      }
      case 'renew':
        this.#speak(false)
        this.sleep()
        return
      case 'forget':
        this.forgotten = true
        return
      default:
        effect satisfies never
    }
  }

  #speak(packed: boolean): void {
    this.#outbox.flush(this.room.context.sessions, packed, (id, { texts }) => {
      this.#seats.get(id)?.heard.push(...texts.flatMap(parsed))
    })
  }

  #born(): Room {
    this.births += 1
    this.meter = new Meter(this.now)
    const { channel = circle, name = 'dev', agents = ['pickle', 'owl'] } = this.#options
    const about = (id: string) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1), description: '' })
    const given = { channel, name, sql: this.sql, agents: { ids: new Set(agents), about }, limits: this.limits }
    const attachments = [...this.#attachments.values()].map(written => this.#ink.read(written))
    const ledgers = attachments.flatMap(({ ledger }) => ledger ?? [])
    return new Room(
      {
        ...given,
        newId: this.#options.newId ?? (() => this.#newId('id')),
        meter: this.meter,
        ledgers,
        storageBytes: () => 0,
      },
      attachments,
      this.wire,
    )
  }

  #newId(prefix: string): string {
    this.#ids += 1
    return `${prefix}${this.#ids}`
  }
}

export type Visitor = {
  role?: Principal['role']
  dialect?: DialectName
  kind?: Principal['kind']
  expires?: number | null
  resume?: Resume | null
  agent?: string | null
  known?: boolean // false: has not said who it is
  request?: string // what the log calls the request that opened it
}

function closeCodeOf(name: CloseName): number {
  return closeCodes[name][0]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Every behaviour is tested twice: hibernation must be invisible. Use with `describe.each`. */
export const modes = [
  { mode: 'awake', sleepy: false },
  { mode: 'put to sleep after every step', sleepy: true },
]
