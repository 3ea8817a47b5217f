import { deserialize, serialize } from 'node:v8'
import type { TurnOutcome, TurnProgress } from '../../src/agents/run-turn.ts'
import type { Principal } from '../../src/auth/principal.ts'
import type { Sql } from '../../src/lib/sql.ts'
import { builtinEvents } from '../../src/protocol/builtin-events.ts'
import { type ChannelKindDefinition, circle } from '../../src/protocol/channel-kinds.ts'
import { type CloseName, closeCodes } from '../../src/protocol/close-codes.ts'
import { type Limits, limitsWith } from '../../src/protocol/limits.ts'
import type { MemberAct } from '../../src/protocol/member-schema.ts'
import type { Publication, PublicationResult } from '../../src/protocol/publish-schema.ts'
import type { TurnRequest } from '../../src/protocol/turns.ts'
import { builtinCommands } from '../../src/rooms/commands/index.ts'
import type { RoomDeps } from '../../src/rooms/deps.ts'
import { builtinHooks } from '../../src/rooms/hooks.ts'
import type { Resume } from '../../src/rooms/log/replay.ts'
import { retention } from '../../src/rooms/log/retention.ts'
import { Meter } from '../../src/rooms/metering/meter.ts'
import { metering } from '../../src/rooms/metering/metering.ts'
import { OutcomePerformer } from '../../src/rooms/object/outcome-performer.ts'
import type { Encoded, Delivery as FrameDelivery, Subscriber } from '../../src/rooms/object/subscriber.ts'
import { DigestQueue, digests } from '../../src/rooms/outbound/digests/queue.ts'
import { webhooks } from '../../src/rooms/outbound/webhooks/queue.ts'
import type { Delivery } from '../../src/rooms/outbound/webhooks/webhook.ts'
import { workspaceState } from '../../src/rooms/outbound/workspace-info.ts'
import { nothing, type Outcome, responseOf, stepsOf } from '../../src/rooms/outcome.ts'
import { createRoom, type Room } from '../../src/rooms/room.ts'
import type { Attachment } from '../../src/rooms/sessions/attachment.ts'
import type { TokenCheckResult } from '../../src/rooms/sessions/authenticate.ts'
import type { DialectName } from '../../src/rooms/sessions/caller-context.ts'
import { fullBucket } from '../../src/rooms/sessions/rate-limit.ts'
import { newSession, type Session, type SessionId } from '../../src/rooms/sessions/session.ts'
import type { ComponentDefinition, RoomTables } from '../../src/rooms/tables.ts'
import type { CommandResponse, Digest, DigestReceipt, MembersResult } from '../../src/rpc/channel.ts'
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
  channel?: ChannelKindDefinition
  name?: string
  agents?: string[]
  limits?: Partial<Limits>
  newId?: () => string
  sql?: Sql
  ink?: Ink // what attachments are written with: V8's serialization if absent, which workerd does not lend
  sleepy?: boolean // the object hibernates and wakes after every step
  tables?: Partial<RoomTables> // beside the tables of our own rooms
}

/** How an attachment is written on a socket, and read. */
export type Ink = { write(attachment: Attachment): Uint8Array; read(written: Uint8Array): Attachment }

/** Runs a room in plain node, with the clock, the sockets, the alarm and the timer in the test's hand. */
export class TestRoom {
  now = start
  readonly sql: Sql
  readonly calls: TurnRequest[] = []
  readonly cancelled: string[] = []
  readonly digests: { circle: string; digest: Digest }[] = []
  readonly posts: Delivery[] = [] // to webhooks
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
  readonly outcomes: Outcome[] = [] // of the last step
  readonly heartbeats = new Map<SessionId, number>()
  readonly backlogs = new Map<SessionId, number>()
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
  readonly #performer: OutcomePerformer
  #ids = 0

  constructor(options: Options = {}) {
    this.#options = options
    this.sql = options.sql ?? nodeSql()
    this.#ink = options.ink ?? { write: serialize, read: deserialize }
    this.#performer = this.#createPerformer()
    this.room = this.#openRoom()
  }

  /** How sessions are connected: each to its seat. */
  readonly subscriber: Subscriber = {
    deliver: (id, { frames }: FrameDelivery) => {
      const seat = this.#seats.get(id)
      if (seat?.closed === null) seat.heard.push(...frames.flatMap(parsed))
    },
    close: (id, code) => {
      const seat = this.#seats.get(id)
      if (seat) seat.closed = closeCodeOf(code)
      this.#attachments.delete(id)
    },
    lastPingAt: id => this.heartbeats.get(id) ?? 0,
    backlog: id => this.backlogs.get(id) ?? 0,
    confirmReceived: id => void this.taken.push(id),
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
    this.step(room => room.receive(seat.id, raw, this.now), seat.id)
  }

  /** A native command arrives. */
  ask(seat: Seat, type: string, data: object = {}, id: string | null = this.#newId('c')): void {
    this.send(seat, id === null ? { type, data } : { type, id, data })
  }

  say(seat: Seat, content: string, id?: string): void {
    this.ask(seat, 'message', { content }, id)
  }

  /** A program publishes events, without a socket. */
  publish(name: string, publications: Publication[], role: Principal['role'] = 'member'): PublicationResult[] {
    return this.stepWithResult(room => room.publish(this.#request(name, role), publications, this.now))
  }

  /** A request over HTTP about the members. */
  manage(
    name: string,
    act: MemberAct,
    role: Principal['role'] = 'member',
    kind: Principal['kind'] = 'person',
  ): MembersResult {
    return this.stepWithResult(room => room.manageMembers(this.#request(name, role, kind), act, this.now))
  }

  /** One command without a socket, and its response. */
  request(
    name: string,
    type: 'message' | 'history',
    data: object,
    role: Principal['role'] = 'member',
  ): CommandResponse | null {
    return this.stepWithResult(room => {
      const outcome = room.runCommand(this.#request(name, role), { type, id: this.#newId('c'), data }, this.now)
      return { result: responseOf(outcome), outcome }
    })
  }

  /** The code with which somebody's connect request would be refused now, or null. */
  refusalOf(name: string, role: Principal['role'] = 'member'): string | null {
    const principal: Principal = { id: name, name, kind: 'person', role, expires: null }
    const caller = { channel: 'dev', dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
    return this.room.refuseConnect({ ...caller, principal }, this.now)?.code ?? null
  }

  /** The peer is gone. */
  leave(seat: Seat): void {
    this.#attachments.delete(seat.id)
    this.meter.closed(null, this.now)
    this.step(room => room.disconnect(seat.id, this.now))
  }

  identify(seat: Seat, result: TokenCheckResult, id: string | null = null): void {
    this.step(room => room.tokenVerified(seat.id, { id, result }, this.now), seat.id)
  }

  part({ turn: id, attempt }: TurnRequest, part: TurnProgress): void {
    this.step(room => room.turnProgressed({ id, attempt }, part, this.now))
  }

  end({ turn: id, attempt }: TurnRequest, result: TurnOutcome): void {
    this.#running.delete(id)
    this.step(room => room.turnEnded({ id, attempt }, result, this.now))
  }

  /** A circle has received a digest up to a seq (null: it is not linked), or could not be reached. */
  digestReceived(circle: string, to: number | null | 'failed'): void {
    this.#running.delete(`digest ${circle}`)
    this.step(room =>
      room.run(({ components }) => {
        const sent = components.get(DigestQueue)
        return to === 'failed' ? sent.failed(circle, this.now) : sent.received(circle, to)
      }, this.now),
    )
  }

  /** A workspace sends this circle a digest. */
  receiveDigest(digest: Digest): DigestReceipt {
    return this.stepWithResult(room => room.receiveDigest(digest, this.now))
  }

  /** Lets time pass: whatever is due meanwhile happens at its moment. */
  advance(ms: number): void {
    const until = this.now + ms
    let stuck = 0
    while (true) {
      const alarm = this.room.nextAlarm()
      const tick = this.room.nextTick()
      const next = Math.min(alarm ?? Number.POSITIVE_INFINITY, tick ?? Number.POSITIVE_INFINITY)
      if (next > until) break
      stuck = next <= this.now ? stuck + 1 : 0
      if (stuck > 100) throw new Error(`owed since ${this.now - next} ms and never done`)
      this.now = Math.max(this.now, next)
      if (next === alarm) {
        this.alarms += 1
        this.meter.alarm(this.now)
      }
      if (next === alarm) this.step(room => room.alarm(this.now))
      else this.step(room => room.tick(this.now))
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
    this.room = this.#openRoom()
  }

  /** As after a crash: memory and sockets are lost. */
  crash(): void {
    this.#attachments.clear()
    this.#running.clear()
    this.room = this.#openRoom()
  }

  get limits(): Limits {
    return limitsWith(this.#options.limits ?? {})
  }

  /** Lets the room act, and performs what follows. */
  step(act: (room: Room) => Outcome, sender: SessionId | null = null): void {
    this.outcomes.splice(0)
    this.#perform(act(this.room), sender)
    this.#rest(false)
  }

  /** The same, with the result of what was done. */
  stepWithResult<Result>(act: (room: Room) => { result: Result; outcome: Outcome }): Result {
    const results: Result[] = []
    this.step(room => {
      const { result, outcome } = act(room)
      results.push(result)
      return outcome
    })
    return results[0] as Result
  }

  /** Frames that arrive together: handled in their order, and what follows leaves together. */
  together(...arrivals: [Seat, string | object][]): void {
    this.outcomes.splice(0)
    for (const [{ id }, frame] of arrivals) {
      const text = typeof frame === 'string' ? frame : JSON.stringify(frame)
      this.#perform(this.room.receive(id, text, this.now), id)
    }
    this.#rest(arrivals.length > 1)
  }

  #perform(outcome: Outcome, sender: SessionId | null): void {
    for (const step of stepsOf(outcome)) if (step !== nothing) this.outcomes.push(step)
    this.#performer.perform(outcome, sender)
  }

  #rest(packed: boolean): void {
    this.#performer.flush(packed)
    this.#performer.perform(this.room.afterRun(this.now), null)
    this.#performer.flush(false)
    for (const [id, attachment] of this.room.sessionsToStore(this.now)) {
      const written = this.#ink.write(attachment)
      const { byteLength } = written
      if (byteLength > 16_384) throw new Error(`an attachment of ${byteLength} bytes is one the runtime refuses`)
      this.#attachments.set(id, written)
    }
    this.#checkSchedule()
    // An object that waits for an agent's answer does not hibernate (platform: pending calls prevent eviction).
    if (this.#options.sleepy && this.#running.size === 0) this.sleep()
  }

  /** A component that forgets to say that it changed is found here. */
  #checkSchedule(): void {
    const { alarm, tick } = this.room.context.components.recomputed()
    const next = { alarm: this.room.nextAlarm(), tick: this.room.nextTick() }
    if (next.alarm === alarm && next.tick === tick) return
    throw new Error(`expected to be due at ${JSON.stringify({ alarm, tick })}, got ${JSON.stringify(next)}`)
  }

  #createPerformer(): OutcomePerformer {
    return new OutcomePerformer({
      audience: () => this.room.context,
      subscriberOf: () => this.subscriber,
      verifyToken: effect => void this.verifying.push(effect),
      callAgent: request => {
        this.#running.add(request.turn)
        this.calls.push(request)
      },
      cancelCall: turn => {
        this.#running.delete(turn)
        this.cancelled.push(turn)
      },
      cancelAllCalls: () => {},
      reload: () => this.sleep(),
      delete: () => {
        this.forgotten = true
      },
    })
  }

  #components({ hasFiles }: ChannelKindDefinition): ComponentDefinition[] {
    return [
      ...(hasFiles ? [workspaceState] : []),
      retention,
      digests((circle, digest) => {
        this.#running.add(`digest ${circle}`)
        this.digests.push({ circle, digest })
      }),
      webhooks(delivery => void this.posts.push(delivery)),
      metering,
    ]
  }

  #openRoom(): Room {
    this.births += 1
    this.meter = new Meter(this.now)
    const { channel = circle, name = 'dev', agents = ['pickle', 'owl'], tables = {} } = this.#options
    const description = (id: string) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1), description: '' })
    const attachments = [...this.#attachments.values()].map(written => this.#ink.read(written))
    const deps: RoomDeps = {
      name,
      openedAt: this.now,
      sql: this.sql,
      agents: { ids: new Set(agents), description },
      newId: this.#options.newId ?? (() => this.#newId('id')),
      meter: this.meter,
      ledgers: attachments.flatMap(({ ledger }) => ledger ?? []),
      storageBytes: () => 0,
      probe: this.subscriber,
      observer: {
        agentActivity: (agent, data) => void this.reports.push([agent, data]),
        turnEnded: ({ turn, outcome, code }) => {
          this.ended.push({ turn: turn.id, attempts: turn.attempt, request: turn.request, outcome, code })
        },
      },
    }
    const own: RoomTables = {
      kind: channel,
      commands: builtinCommands,
      events: builtinEvents,
      hooks: builtinHooks,
      limits: this.limits,
      components: this.#components(channel),
    }
    return createRoom({ ...own, ...tables }, deps, attachments)
  }

  /** A session of one request over HTTP. */
  #request(name: string, role: Principal['role'], kind: Principal['kind'] = 'person'): Session {
    const principal: Principal = { id: name, name, kind, role, expires: null }
    const parts = { id: this.#newId('s'), dialect: 'native' as const, agent: null, principal }
    return newSession(parts, fullBucket(this.limits, this.now), this.now)
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

function parsed(text: Encoded): unknown {
  if (typeof text !== 'string') return text
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
