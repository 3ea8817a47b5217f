import { deserialize, serialize } from 'node:v8'
import type { Principal } from '../auth/principal.ts'
import type { Sql } from '../lib/sql.ts'
import { type CloseName, closeCodes } from '../protocol/close-codes.ts'
import { type Limits, limitsWith } from '../protocol/limits.ts'
import type { TurnRequest } from '../protocol/turns.ts'
import type { RoomDeps } from '../rooms/deps.ts'
import { Meter } from '../rooms/metering/meter.ts'
import type { Receivers } from '../rooms/object/broadcaster.ts'
import { OutcomePerformer } from '../rooms/object/outcome-performer.ts'
import type { Delivery, Subscriber } from '../rooms/object/subscriber.ts'
import { nothing, type Outcome, stepsOf } from '../rooms/outcome.ts'
import { createRoom, type Room } from '../rooms/room.ts'
import { fullBucket } from '../rooms/sessions/rate-limit.ts'
import { newSession, type Session, type SessionId } from '../rooms/sessions/session.ts'
import type { RoomTables } from '../rooms/tables.ts'
import { nodeSql } from './node-sql.ts'
import {
  type AttachmentCodec,
  type Frame,
  type OpenOptions,
  parseFrame,
  principalOf,
  rawFrame,
  type TestSession,
} from './test-session.ts'

/** When a test begins: 2026-11-21T09:00:00.000Z. */
export const start = Date.UTC(2026, 10, 21, 9)

/** How a room in plain node is made. */
export type RoomOptions = {
  name?: string
  agents?: readonly string[]
  registry?: RoomDeps['agents'] // instead of `agents`
  limits?: Partial<Limits>
  newId?: () => string
  sql?: Sql
  codec?: AttachmentCodec // V8's serialization if absent; workerd does not offer it
  hibernates?: boolean // the object hibernates and wakes after every step
}

/** Runs a room in plain node. Whoever made it controls its clock, sockets, alarm and timer. */
export class RoomInNode {
  now = start
  readonly sql: Sql
  readonly calls: TurnRequest[] = []
  readonly cancelled: string[] = []
  readonly activityReports: [agent: string, activity: object][] = []
  readonly endedTurns: {
    turn: string
    attempts: number
    request: string | null
    outcome: string
    code: string | undefined
  }[] = []
  readonly tokenChecks: { session: SessionId; id: string | null; token: string }[] = []
  readonly confirmed: SessionId[] = [] // sessions that confirmed what they received
  readonly outcomes: Outcome[] = [] // of the last step
  readonly pings = new Map<SessionId, number>() // when each session last pinged
  readonly backlogs = new Map<SessionId, number>() // bytes not yet sent
  meter = new Meter(start)
  starts = 0 // times the room was created from storage
  alarmCount = 0
  deleted = false
  room: Room
  readonly working = new Set<string>() // calls that keep the object awake
  readonly #options: RoomOptions
  readonly #tables: (room: RoomInNode) => RoomTables
  readonly #codec: AttachmentCodec
  readonly #sessions = new Map<SessionId, TestSession>()
  readonly #attachments = new Map<SessionId, Uint8Array>()
  readonly #performer: OutcomePerformer
  #ids = 0

  /** `tables`: those of the room; asked whenever the room is opened. */
  constructor(options: RoomOptions, tables: (room: RoomInNode) => RoomTables) {
    this.#options = options
    this.#tables = tables
    this.sql = options.sql ?? nodeSql()
    this.#codec = options.codec ?? { encode: serialize, decode: deserialize }
    this.#performer = this.#createPerformer()
    this.room = this.#openRoom()
  }

  /** Delivers frames to the test's sessions. */
  readonly subscriber: Subscriber = {
    deliver: (id, { frames }: Delivery) => {
      const session = this.#sessions.get(id)
      if (session?.closed === null) session.received.push(...frames.flatMap(parseFrame))
    },
    close: (id, code, reason) => {
      const session = this.#sessions.get(id)
      if (session) Object.assign(session, { closed: closeCodeOf(code), closeReason: reason })
      this.#attachments.delete(id)
    },
    lastPingAt: id => this.pings.get(id) ?? 0,
    backlog: id => this.backlogs.get(id) ?? 0,
    confirmReceived: id => void this.confirmed.push(id),
  }

  /** The sessions to which a broadcast is handed. */
  readonly receivers: Receivers = () => this.room.context.sessions.values()

  /** Opens a socket. */
  open(name: string, how: OpenOptions = {}): TestSession {
    const session = this.#newSession(principalOf(name, how), how)
    const opened: TestSession = { id: session.id, received: [], closed: null }
    this.#sessions.set(opened.id, opened)
    this.meter.call(this.now)
    this.meter.upgrade(this.#sessions.size)
    this.step(room => room.connect(session, how.resume ?? null, this.now))
    return opened
  }

  /** Receives a raw frame. */
  send(session: TestSession, frame: string | object): void {
    const raw = rawFrame(frame)
    this.meter.message(raw, this.now)
    this.step(room => room.receive(session.id, raw, this.now), session.id)
  }

  /** Receives a native command. */
  command(session: TestSession, type: string, data: object = {}, id: string | null = this.newId('c')): void {
    this.send(session, id === null ? { type, data } : { type, id, data })
  }

  /** Receives a `message` command. */
  sendMessage(session: TestSession, content: string, id?: string): void {
    this.command(session, 'message', { content }, id)
  }

  /** Closes a socket from the client's side. */
  disconnect(session: TestSession): void {
    this.#attachments.delete(session.id)
    this.meter.closed(null, this.now)
    this.step(room => room.disconnect(session.id, this.now))
  }

  /** Moves the clock and runs every alarm and tick when it is due. */
  advance(ms: number): void {
    const until = this.now + ms
    let stuck = 0
    for (let before = this.now; this.runNext(until); before = this.now) {
      stuck = this.now === before ? stuck + 1 : 0
      if (stuck > 100) throw new Error(`expected due work to be done, got ${stuck} runs at ${this.now}`)
    }
    this.now = until
  }

  /** Runs what is due next, at its time, if that is not after `until` (ms); returns whether there was anything. */
  runNext(until: number): boolean {
    const alarm = this.room.nextAlarm()
    const next = Math.min(alarm ?? Number.POSITIVE_INFINITY, this.room.nextTick() ?? Number.POSITIVE_INFINITY)
    if (next > until) return false
    this.now = Math.max(this.now, next)
    if (next === alarm) {
      this.alarmCount += 1
      this.meter.alarm(this.now)
      this.step(room => room.alarm(this.now))
    } else this.step(room => room.tick(this.now))
    return true
  }

  /** Returns the frames a session received since the last call. */
  take(session: TestSession): Frame[] {
    return session.received.splice(0) as Frame[]
  }

  /** Returns `data` of the first frame since the last call and discards the others. */
  takeData<Data extends object>(session: TestSession): Data {
    const [frame] = this.take(session)
    if (frame === undefined) throw new Error(`${session.id} received no frame`)
    return frame.data as Data
  }

  /** Loses the object's memory; storage and the sockets' attachments stay. */
  hibernate(): void {
    this.room = this.#openRoom()
  }

  /** Loses memory and sockets, as in a crash. */
  crash(): void {
    this.#attachments.clear()
    this.working.clear()
    this.room = this.#openRoom()
  }

  get limits(): Limits {
    return limitsWith(this.#options.limits ?? {})
  }

  /** Runs one method of the room and performs its outcome. */
  step(act: (room: Room) => Outcome, sender: SessionId | null = null): void {
    this.outcomes.splice(0)
    this.#perform(act(this.room), sender)
    this.#finishStep(false)
  }

  /** Does the same and returns the result. */
  stepWithResult<Result>(act: (room: Room) => { result: Result; outcome: Outcome }): Result {
    const results: Result[] = []
    this.step(room => {
      const { result, outcome } = act(room)
      results.push(result)
      return outcome
    })
    return results[0] as Result
  }

  /** Receives frames in one group: handled in order, their outcomes are flushed together. */
  sendTogether(...frames: [TestSession, string | object][]): void {
    this.outcomes.splice(0)
    const arrived = frames.map(([{ id }, frame]) => ({ from: id, frame: rawFrame(frame) }))
    if (arrived.length > 1) this.#perform(this.room.expect(arrived), null)
    for (const { from, frame } of arrived) this.#perform(this.room.receive(from, frame, this.now), from)
    this.#finishStep(frames.length > 1)
  }

  #perform(outcome: Outcome, sender: SessionId | null): void {
    for (const step of stepsOf(outcome)) if (step !== nothing) this.outcomes.push(step)
    this.#performer.perform(outcome, sender)
  }

  #finishStep(packed: boolean): void {
    this.#performer.perform(this.room.beforeSend(this.now), null)
    this.#performer.flush(packed)
    this.#performer.perform(this.room.afterRun(this.now), null)
    this.#performer.flush(false)
    for (const [id, attachment] of this.room.sessionsToStore(this.now)) {
      const bytes = this.#codec.encode(attachment)
      const { byteLength } = bytes
      if (byteLength > 16_384) throw new Error(`expected an attachment of at most 16384 bytes, got ${byteLength}`)
      this.#attachments.set(id, bytes)
    }
    this.#checkSchedule()
    // An object that waits for an agent's reply does not hibernate (platform: pending calls prevent eviction).
    if (this.#options.hibernates && this.working.size === 0) this.hibernate()
  }

  /** Detects a component that changed without marking itself as changed. */
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
      receivers: typingUsers => this.receivers(typingUsers),
      verifyToken: effect => void this.tokenChecks.push(effect),
      callAgent: request => {
        this.working.add(request.turn)
        this.calls.push(request)
      },
      cancelCall: turn => {
        this.working.delete(turn)
        this.cancelled.push(turn)
      },
      cancelAllCalls: () => {},
      reload: () => this.hibernate(),
      delete: () => {
        this.deleted = true
      },
    })
  }

  #openRoom(): Room {
    this.starts += 1
    this.meter = new Meter(this.now)
    const { name = 'dev', agents = ['pickle', 'owl'], registry } = this.#options
    const description = (id: string) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1), description: '' })
    const attachments = [...this.#attachments.values()].map(bytes => this.#codec.decode(bytes))
    const deps: RoomDeps = {
      name,
      openedAt: this.now,
      sql: this.sql,
      agents: registry ?? { ids: new Set(agents), description },
      newId: this.#options.newId ?? (() => this.newId('id')),
      meter: this.meter,
      ledgers: attachments.flatMap(({ ledger }) => ledger ?? []),
      storageBytes: () => 0,
      probe: this.subscriber,
      observer: {
        agentActivity: (agent, data) => void this.activityReports.push([agent, data]),
        turnEnded: ({ turn, outcome, code }) => {
          this.endedTurns.push({ turn: turn.id, attempts: turn.attempt, request: turn.request, outcome, code })
        },
      },
    }
    return createRoom(this.#tables(this), deps, attachments)
  }

  /** The session of one HTTP request. */
  callerSession(name: string, role: Principal['role'], kind: Principal['kind'] = 'person'): Session {
    return this.#newSession({ id: name, name, kind, role, expires: null }, {})
  }

  #newSession(principal: Principal, { dialect = 'native', agent = null, request, signals }: OpenOptions): Session {
    const given = { ...(request && { request }), ...(signals && { signals }) }
    const parts = { id: this.newId('s'), dialect, agent, principal, ...given }
    return newSession(parts, fullBucket(this.limits, this.now), this.now)
  }

  protected newId(prefix: string): string {
    this.#ids += 1
    return `${prefix}${this.#ids}`
  }
}

function closeCodeOf(name: CloseName): number {
  return closeCodes[name][0]
}
