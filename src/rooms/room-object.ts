import { DurableObject } from 'cloudflare:workers'
import { Directory } from '../agents/directory.ts'
import type { Env } from '../env.ts'
import { describe } from '../lib/describe.ts'
import { durableSql } from '../lib/durable-sql.ts'
import { isEmpty } from '../lib/migrations.ts'
import type { Sql } from '../lib/sql.ts'
import type { Command } from '../protocol/commands.ts'
import type { EventData } from '../protocol/events.ts'
import { type Limits, readLimits } from '../protocol/limits.ts'
import type { MemberAct } from '../protocol/membership.ts'
import type { AnyPublication, PublicationResult } from '../protocol/publications.ts'
import { subprotocol } from '../protocol/version.ts'
import { fullBucket } from './admission.ts'
import { AlarmClock } from './alarm-clock.ts'
import { recordActivity } from './answers/activity.ts'
import { Calls } from './calls.ts'
import type { Channel } from './channel.ts'
import { carryDigest } from './digests/carry.ts'
import type { Digest } from './digests/digest.ts'
import { type Heard, hearDigest } from './digests/hear.ts'
import { type Effect, refusal } from './effects.ts'
import { Enlister } from './enlister.ts'
import { identityIn } from './identity-in.ts'
import type { Managed } from './membership.ts'
import { surroundings } from './parts.ts'
import { report } from './report.ts'
import { type Answer, answerIn, failure, type Told } from './request.ts'
import { Room } from './room.ts'
import type { Served, Service } from './services/service.ts'
import { newSession, type Session, type SessionId } from './session.ts'
import { Sockets } from './sockets.ts'
import { readVisit, type Visit, visitHeader } from './visit.ts'
import { Courier } from './webhooks/courier.ts'

/**
 * The shell of a channel: owns the sockets, the alarm and the bindings, performs what the room says, and decides
 * nothing. Whenever something throws, the room is made anew from what is stored, as after a crash.
 */
export class RoomObject extends DurableObject<Env> {
  readonly #channel: Channel
  readonly #sql: Sql
  readonly #sockets: Sockets
  readonly #limits: Limits
  readonly #agents: Directory
  readonly #calls: Calls
  #room: Room | null = null
  readonly #clock: AlarmClock
  readonly #enlister: Enlister
  readonly #courier: Courier

  constructor(context: DurableObjectState, env: Env, channel: Channel) {
    super(context, env)
    this.#channel = channel
    this.#sql = durableSql(context.storage)
    this.#sockets = new Sockets(context)
    this.#limits = readLimits(env.LIMITS)
    this.#agents = new Directory(env)
    this.#enlister = new Enlister(context, env)
    const later = (act: (room: Room, now: number) => Effect[]) => this.#later(room => act(room, Date.now()))
    this.#calls = new Calls(this.#agents, this.#limits.turn_seconds * 1_000, later)
    this.#courier = new Courier(context, env, later)
    this.#clock = new AlarmClock(context, () => this.#later(room => room.tick(Date.now(), this.#sockets)))
    context.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong","data":{}}'))
    if (isEmpty(this.#sql)) return // nobody was here yet, and looking does not change that
    this.#room = this.#born()
    this.#do(() => [])
  }

  /** An upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const visit = readVisit(request.headers.get(visitHeader))
    const now = Date.now()
    const room = this.#open()
    const refused = room.refusalOf(visit, now)
    if (refused !== null) return Response.json({ error: { code: refused.code, message: refused.message } }, refused)
    const { 0: client, 1: server } = new WebSocketPair()
    const session = this.#session(visit, now)
    this.#sockets.accept(session.id, server)
    const resume = visit.since === null ? null : { since: visit.since, epoch: visit.epoch }
    this.#do(room => room.connect(session, resume, now))
    if (this.#channel.wakesAgents) this.ctx.waitUntil(this.#agents.refresh(now))
    const headers: HeadersInit = visit.dialect === 'native' ? { 'Sec-WebSocket-Protocol': subprotocol } : {}
    return new Response(null, { status: 101, webSocket: client, headers })
  }

  /** One command without a socket, for HTTP. Null: there is no such channel, and asking does not make one. */
  ask(visit: Visit, command: Command): Answer | null {
    const begins = command.type === 'message'
    if (this.#room === null && !begins) return null
    const now = Date.now()
    const failed: Told = { type: 'error', data: failure, at: now }
    const session = this.#session(visit, now)
    const answer = this.#inRoom(failed, room => {
      const effects = room.request(session, command, now)
      return { result: answerIn(effects, session) ?? failed, effects }
    })
    const { log, settings, instance } = this.#open().parts
    return { answer, epoch: settings.epoch, head: log.head, instance }
  }

  /** Events that programs tell of, for the event bus: a result for each, in their order. */
  publish(visit: Visit, publications: AnyPublication[]): PublicationResult[] {
    const failed: PublicationResult[] = publications.map(({ id }) => ({ id, refused: failure }))
    return this.#inRoom(failed, room => room.publish(this.#session(visit), publications, Date.now()))
  }

  /** Somebody asks over HTTP who may be here, or changes it. Null: there is no such channel. */
  manage(visit: Visit, act: MemberAct): Managed | null {
    if (this.#room === null) return null
    return this.#inRoom<Managed>({ refused: failure }, room => room.manage(this.#session(visit), act, Date.now()))
  }

  /** What HTTP asks for besides commands. Null: there is no such channel, and only `create` makes one. */
  async serve(visit: Visit, service: Service): Promise<Served | null> {
    const creates = service.do === 'create'
    if (this.#room === null && !creates) return null
    if (this.#room !== null && creates) return { refused: refusal('conflict', 'there is a circle of this name') }
    const act = (room: Room) => room.serve(this.#session(visit), service, Date.now())
    const served = this.#inRoom<Served>({ refused: failure }, act)
    await this.#enlister.settled
    return served
  }

  /** A user's tokens that were issued until `before` (ms) count no more. */
  revoke(user: string, before: number): void {
    this.#later(room => room.revoke(user, before, Date.now()))
  }

  /** A circle says what the agent of this channel is doing there. */
  report(data: EventData<'agent_activity'>): void {
    this.#do(room => recordActivity(room.parts, data, Date.now()))
  }

  /** A workspace says what changed in it; null: nobody here wants to hear it. */
  hearDigest(digest: Digest): Heard {
    return this.#room === null ? null : this.#inRoom('failed', room => hearDigest(room.parts, digest, Date.now()))
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    const id = this.#sockets.idOf(socket)
    if (id !== null) this.#do(room => room.receive(id, frame, Date.now()), id)
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    this.#sockets.answerClose(socket, code, reason)
    const id = this.#sockets.idOf(socket)
    if (id !== null) this.#later(room => room.leave(id, Date.now()))
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006, '')
  }

  /** Never throws: an alarm that does is given up after six tries, and with it everything the room owes. */
  override alarm(): void {
    this.#clock.rang()
    this.#later(room => room.alarm(Date.now(), this.#sockets))
  }

  #open(): Room {
    this.#room ??= this.#born()
    return this.#room
  }

  #born(): Room {
    const name = this.ctx.id.name
    if (name === undefined) throw new Error('a channel is reached by its name; this object has none')
    const given = {
      channel: this.#channel,
      name,
      sql: this.#sql,
      agents: this.#agents,
      limits: this.#limits,
      newId: () => crypto.randomUUID(),
    }
    return new Room(given, this.#sockets.restore(), this.#sockets)
  }

  #session(visit: Visit, now = Date.now()): Session {
    const { dialect, agent, principal } = visit
    return newSession({ id: crypto.randomUUID(), dialect, agent, principal }, fullBucket(this.#limits, now), now)
  }

  /** Lets the room act for somebody without a socket. `failed`: what to answer if that throws. */
  #inRoom<Result>(failed: Result, act: (room: Room) => { result: Result; effects: Effect[] }): Result {
    let answer = failed
    this.#do(room => {
      const { result, effects } = act(room)
      answer = result
      return effects
    })
    return answer
  }

  /** As `#do`, for what comes back later: a channel that was deleted meanwhile does not come to exist again. */
  #later(act: (room: Room) => Effect[]): void {
    if (this.#room !== null) this.#do(act)
  }

  /** Lets the room act and performs what it says. Whatever throws is a bug or a storage fault: see `#reborn`. */
  #do(act: (room: Room) => Effect[], sender?: SessionId): void {
    try {
      this.#perform(act(this.#open()))
      if (this.#room !== null) this.#settle()
    } catch (error) {
      this.#reborn(error, sender)
    }
  }

  #perform(effects: Effect[]): void {
    const room = this.#open()
    const around = surroundings(room.parts)
    for (const effect of effects) {
      switch (effect.do) {
        case 'send': {
          const session = room.parts.sessions.get(effect.to)
          if (session !== undefined) this.#sockets.send(session, effect.frame, around)
          break
        }
        case 'broadcast':
          this.#sockets.broadcast(room.parts.sessions, effect.frame, effect.except, around)
          break
        case 'close':
          this.#sockets.close(effect.session, effect.code, effect.reason)
          break
        case 'verify':
          this.ctx.waitUntil(this.#verify(effect.session, effect.id, effect.token))
          break
        case 'call':
          this.ctx.waitUntil(this.#calls.call(effect.request))
          break
        case 'cancel':
          this.#calls.cancel(effect.turn)
          break
        case 'digest':
          this.ctx.waitUntil(carryDigest(this.env, effect, act => this.#later(room => act(room.parts.digests))))
          break
        case 'report':
          this.ctx.waitUntil(report(this.env, effect.agent, effect.data))
          break
        case 'renew':
          this.#calls.cancelAll()
          this.#room = this.#born()
          break
        case 'forget':
          this.#forget()
          break
        default:
          effect satisfies never
      }
    }
  }

  /** Deletes everything. The next visitor finds a new channel, with a new epoch. */
  #forget(): void {
    this.#room = null
    this.#calls.cancelAll()
    this.#clock.stop()
    this.ctx.waitUntil(this.ctx.storage.deleteAll())
    this.#enlister.remove(this.ctx.id.name ?? '')
  }

  /** After every act: let go of who is too slow, remember what changed, and be woken when something is owed. */
  #settle(): void {
    const room = this.#open()
    for (const id of this.#sockets.takeSlow()) {
      this.#sockets.close(id, 'tooSlow', 'too slow: resume from the last seq')
      this.#perform(room.leave(id, Date.now()))
    }
    for (const [id, attachment] of room.takeTouched()) this.#sockets.remember(id, attachment)
    const now = Date.now()
    this.#courier.send(room.parts.webhooks, now)
    this.#clock.setAlarm(room.nextAlarm())
    this.#enlister.tell(room.parts.listing)
    this.#clock.setTimer(room.nextTick(now), now)
  }

  /** What is in memory may be wrong now: tells the sender, and begins again from what is stored. */
  #reborn(error: unknown, sender: SessionId | undefined): void {
    console.error(JSON.stringify({ at: 'room', channel: this.ctx.id.name, error: describe(error) }))
    try {
      const room = this.#born()
      this.#room = room
      const session = sender === undefined ? undefined : room.parts.sessions.get(sender)
      const frame = { type: 'error' as const, data: failure, at: Date.now() }
      if (session !== undefined) this.#sockets.send(session, frame, surroundings(room.parts))
      this.#settle()
    } catch (second) {
      // Storage does not answer at all. Nothing was acknowledged; the platform starts us anew, and rings the alarm again.
      console.error(JSON.stringify({ at: 'room', channel: this.ctx.id.name, error: describe(second) }))
      this.ctx.abort('storage does not answer')
    }
  }

  async #verify(session: SessionId, id: string | null, token: string): Promise<void> {
    const outcome = await identityIn(token, this.env, `${this.#channel.kind}:${this.ctx.id.name}`, Date.now())
    this.#later(room => room.identified(session, id, outcome, Date.now()))
  }
}
