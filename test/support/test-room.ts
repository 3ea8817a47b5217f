import { deserialize, serialize } from 'node:v8'
import { compileRegex } from '../../src/agents/regex-rules.ts'
import type { TurnOutcome, TurnProgress } from '../../src/agents/run-turn.ts'
import type { Principal } from '../../src/auth/principal.ts'
import type { Sql } from '../../src/lib/sql.ts'
import { type ChannelKindDefinition, circle } from '../../src/protocol/channels/channel-kinds.ts'
import { type CloseName, closeCodes } from '../../src/protocol/close-codes.ts'
import type { CommandType } from '../../src/protocol/commands/commands.ts'
import type { MemberAct } from '../../src/protocol/commands/member-schema.ts'
import type { Publication, PublicationResult } from '../../src/protocol/commands/publish-schema.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import { type Limits, limitsWith } from '../../src/protocol/limits.ts'
import type { TurnRequest } from '../../src/protocol/turns.ts'
import { roomCommands } from '../../src/rooms/commands/index.ts'
import type { RoomDeps } from '../../src/rooms/deps.ts'
import { builtinHooks } from '../../src/rooms/hooks.ts'
import { importTimeout } from '../../src/rooms/log/import-timeout.ts'
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

/** When a test begins: 2026-11-21T09:00:00.000Z. */
export const start = Date.UTC(2026, 10, 21, 9)

/** A frame of the native dialect. */
export type Frame = { type: string; data: Record<string, unknown>; [key: string]: unknown }

/** One socket and the frames it received. */
export type TestSession = {
  id: SessionId
  received: unknown[] // frames, parsed if they are JSON; `take` empties it
  closed: number | null // close code
}

type Options = {
  channel?: ChannelKindDefinition
  name?: string
  agents?: string[]
  limits?: Partial<Limits>
  newId?: () => string
  sql?: Sql
  codec?: AttachmentCodec // V8's serialization if absent; workerd does not offer it
  hibernates?: boolean // the object hibernates and wakes after every step
  tables?: Partial<RoomTables> // replace tables of the built-in rooms
}

/** Encodes the attachment of a socket, and decodes it. */
export type AttachmentCodec = { encode(attachment: Attachment): Uint8Array; decode(bytes: Uint8Array): Attachment }

/** Runs a room in plain Node. The test controls its clock, sockets, alarm and timer. */
export class TestRoom {
  now = start
  readonly sql: Sql
  readonly calls: TurnRequest[] = []
  readonly cancelled: string[] = []
  readonly digests: { circle: string; digest: Digest }[] = []
  readonly webhookDeliveries: Delivery[] = []
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
  readonly #options: Options
  readonly #codec: AttachmentCodec
  readonly #sessions = new Map<SessionId, TestSession>()
  readonly #attachments = new Map<SessionId, Uint8Array>()
  readonly #running = new Set<string>()
  readonly #performer: OutcomePerformer
  #ids = 0

  constructor(options: Options = {}) {
    this.#options = options
    this.sql = options.sql ?? nodeSql()
    this.#codec = options.codec ?? { encode: serialize, decode: deserialize }
    this.#performer = this.#createPerformer()
    this.room = this.#openRoom()
  }

  /** Delivers frames to the test's sessions. */
  readonly subscriber: Subscriber = {
    deliver: (id, { frames }: FrameDelivery) => {
      const session = this.#sessions.get(id)
      if (session?.closed === null) session.received.push(...frames.flatMap(parseFrame))
    },
    close: (id, code) => {
      const session = this.#sessions.get(id)
      if (session) session.closed = closeCodeOf(code)
      this.#attachments.delete(id)
    },
    lastPingAt: id => this.pings.get(id) ?? 0,
    backlog: id => this.backlogs.get(id) ?? 0,
    confirmReceived: id => void this.confirmed.push(id),
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
      request,
      signals = false,
    }: OpenOptions = {},
  ): TestSession {
    const principal: Principal = { id: name, name: name.charAt(0).toUpperCase() + name.slice(1), kind, role, expires }
    const options = {
      id: this.#newId('s'),
      dialect,
      agent,
      principal,
      ...(request && { request }),
      ...(signals && { signals: true as const }),
    }
    const session = newSession(options, fullBucket(this.limits, this.now), this.now)
    const opened: TestSession = { id: session.id, received: [], closed: null }
    this.#sessions.set(opened.id, opened)
    this.meter.call(this.now)
    this.meter.upgrade(this.#sessions.size)
    this.step(room => room.connect(session, resume, this.now))
    return opened
  }

  /** Receives a raw frame. */
  send(session: TestSession, frame: string | object): void {
    const raw = rawFrame(frame)
    this.meter.message(raw, this.now)
    this.step(room => room.receive(session.id, raw, this.now), session.id)
  }

  /** Receives a native command. */
  command(session: TestSession, type: string, data: object = {}, id: string | null = this.#newId('c')): void {
    this.send(session, id === null ? { type, data } : { type, id, data })
  }

  /** Receives a `message` command. */
  sendMessage(session: TestSession, content: string, id?: string): void {
    this.command(session, 'message', { content }, id)
  }

  /** Publishes events as a program does, without a socket. */
  publish(name: string, publications: Publication[], role: Principal['role'] = 'member'): PublicationResult[] {
    return this.stepWithResult(room => room.publish(this.#callerSession(name, role), publications, this.now))
  }

  /** Changes members as an HTTP request does. */
  manageMembers(
    name: string,
    act: MemberAct,
    role: Principal['role'] = 'member',
    kind: Principal['kind'] = 'person',
  ): MembersResult {
    return this.stepWithResult(room => room.manageMembers(this.#callerSession(name, role, kind), act, this.now))
  }

  /** Runs one command without a socket and returns its response. */
  runCommand(
    name: string,
    type: CommandType,
    data: object,
    role: Principal['role'] = 'member',
  ): CommandResponse | null {
    return this.stepWithResult(room => {
      const outcome = room.runCommand(this.#callerSession(name, role), { type, id: this.#newId('c'), data }, this.now)
      return { result: responseOf(outcome), outcome }
    })
  }

  /** Returns the code with which a connect request would be refused now, or null. */
  connectRefusal(name: string, role: Principal['role'] = 'member'): string | null {
    const principal: Principal = { id: name, name, kind: 'person', role, expires: null }
    const caller = { channel: 'dev', dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
    return this.room.refuseConnect({ ...caller, principal }, this.now)?.code ?? null
  }

  /** Closes a socket from the client's side. */
  disconnect(session: TestSession): void {
    this.#attachments.delete(session.id)
    this.meter.closed(null, this.now)
    this.step(room => room.disconnect(session.id, this.now))
  }

  /** Receives the result of a token check. */
  tokenVerified(session: TestSession, result: TokenCheckResult, id: string | null = null): void {
    this.step(room => room.tokenVerified(session.id, { id, result }, this.now), session.id)
  }

  /** Receives a part of an agent's reply. */
  turnProgressed({ turn: id, attempt }: TurnRequest, part: TurnProgress): void {
    this.step(room => room.turnProgressed({ id, attempt }, part, this.now))
  }

  /** Receives the end of an agent's call. */
  turnEnded({ turn: id, attempt }: TurnRequest, result: TurnOutcome): void {
    this.#running.delete(id)
    this.step(room => room.turnEnded({ id, attempt }, result, this.now))
  }

  /** A circle confirmed a digest up to a seq (null: it is not linked), or could not be reached. */
  digestReceived(circle: string, to: number | null | 'failed'): void {
    this.#running.delete(`digest ${circle}`)
    this.step(room =>
      room.run(({ components }) => {
        const sent = components.get(DigestQueue)
        return to === 'failed' ? sent.failed(circle, this.now) : sent.received(circle, to)
      }, this.now),
    )
  }

  /** Receives a digest from a workspace. */
  receiveDigest(digest: Digest): DigestReceipt {
    return this.stepWithResult(room => room.receiveDigest(digest, this.now))
  }

  /** Moves the clock and runs every alarm and tick when it is due. */
  advance(ms: number): void {
    const until = this.now + ms
    let stuck = 0
    while (true) {
      const alarm = this.room.nextAlarm()
      const tick = this.room.nextTick()
      const next = Math.min(alarm ?? Number.POSITIVE_INFINITY, tick ?? Number.POSITIVE_INFINITY)
      if (next > until) break
      stuck = next <= this.now ? stuck + 1 : 0
      if (stuck > 100) throw new Error(`expected due work to be done, got ${stuck} runs at ${this.now}`)
      this.now = Math.max(this.now, next)
      if (next === alarm) {
        this.alarmCount += 1
        this.meter.alarm(this.now)
      }
      if (next === alarm) this.step(room => room.alarm(this.now))
      else this.step(room => room.tick(this.now))
    }
    this.now = until
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
    this.#running.clear()
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
    for (const [{ id }, frame] of frames) {
      this.#perform(this.room.receive(id, rawFrame(frame), this.now), id)
    }
    this.#finishStep(frames.length > 1)
  }

  #perform(outcome: Outcome, sender: SessionId | null): void {
    for (const step of stepsOf(outcome)) if (step !== nothing) this.outcomes.push(step)
    this.#performer.perform(outcome, sender)
  }

  #finishStep(packed: boolean): void {
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
    if (this.#options.hibernates && this.#running.size === 0) this.hibernate()
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
      verifyToken: effect => void this.tokenChecks.push(effect),
      callAgent: request => {
        this.#running.add(request.turn)
        this.calls.push(request)
      },
      cancelCall: turn => {
        this.#running.delete(turn)
        this.cancelled.push(turn)
      },
      cancelAllCalls: () => {},
      reload: () => this.hibernate(),
      delete: () => {
        this.deleted = true
      },
    })
  }

  #components({ hasFiles }: ChannelKindDefinition): ComponentDefinition[] {
    return [
      ...(hasFiles ? [workspaceState] : []),
      retention,
      importTimeout,
      digests((circle, digest) => {
        this.#running.add(`digest ${circle}`)
        this.digests.push({ circle, digest })
      }),
      webhooks(delivery => void this.webhookDeliveries.push(delivery)),
      metering,
    ]
  }

  #openRoom(): Room {
    this.starts += 1
    this.meter = new Meter(this.now)
    const { channel = circle, name = 'dev', agents = ['pickle', 'owl'], tables = {} } = this.#options
    const description = (id: string) => ({ id, name: id.charAt(0).toUpperCase() + id.slice(1), description: '' })
    const attachments = [...this.#attachments.values()].map(bytes => this.#codec.decode(bytes))
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
        agentActivity: (agent, data) => void this.activityReports.push([agent, data]),
        turnEnded: ({ turn, outcome, code }) => {
          this.endedTurns.push({ turn: turn.id, attempts: turn.attempt, request: turn.request, outcome, code })
        },
      },
    }
    const builtin: RoomTables = {
      kind: channel,
      commands: roomCommands,
      events: builtinEvents,
      hooks: builtinHooks,
      regex: compileRegex,
      limits: this.limits,
      components: this.#components(channel),
    }
    return createRoom({ ...builtin, ...tables }, deps, attachments)
  }

  /** Returns the session of one HTTP request. */
  #callerSession(name: string, role: Principal['role'], kind: Principal['kind'] = 'person'): Session {
    const principal: Principal = { id: name, name, kind, role, expires: null }
    const options = { id: this.#newId('s'), dialect: 'native' as const, agent: null, principal }
    return newSession(options, fullBucket(this.limits, this.now), this.now)
  }

  #newId(prefix: string): string {
    this.#ids += 1
    return `${prefix}${this.#ids}`
  }
}

/** How a socket is opened. */
export type OpenOptions = {
  role?: Principal['role']
  dialect?: DialectName
  kind?: Principal['kind']
  expires?: number | null
  resume?: Resume | null
  agent?: string | null
  request?: string // id of the request that opened it, in the operator's log
  signals?: boolean // it asked for signals
}

function closeCodeOf(name: CloseName): number {
  return closeCodes[name][0]
}

/** A frame as a socket carries it: objects are sent as JSON. */
function rawFrame(frame: string | object): string | ArrayBuffer {
  return typeof frame === 'string' || frame instanceof ArrayBuffer ? frame : JSON.stringify(frame)
}

function parseFrame(text: Encoded): unknown {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** For `describe.each`: hibernation must not change behaviour, so tests run in both modes. */
export const modes = [
  { mode: 'awake', hibernates: false },
  { mode: 'hibernated after every step', hibernates: true },
]
