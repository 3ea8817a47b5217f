import { Directory } from '../agents/directory.ts'
import type { Env } from '../env.ts'
import { describe } from '../lib/describe.ts'
import { durableSql } from '../lib/durable-sql.ts'
import { openLog } from '../lib/log.ts'
import { isEmpty } from '../lib/migrations.ts'
import type { Sql } from '../lib/sql.ts'
import { type Limits, readLimits } from '../protocol/limits.ts'
import { AlarmClock } from './alarm-clock.ts'
import { Calls } from './calls.ts'
import type { Channel } from './channel.ts'
import { carryDigest } from './digests/carry.ts'
import { type Effect, send } from './effects.ts'
import { Enlister } from './enlister.ts'
import { identityIn } from './identity-in.ts'
import { type Arrival, Intake } from './intake.ts'
import { Meter } from './meter/meter.ts'
import { Outbox } from './outbox.ts'
import { report } from './report.ts'
import { failure } from './request.ts'
import { Room } from './room.ts'
import type { SessionId } from './session.ts'
import { limitsHere, Sockets } from './sockets.ts'
import { Courier } from './webhooks/courier.ts'

/**
 * Keeps the room of one object alive: lets it act, performs what it says, and makes it anew from what is stored when
 * something throws, as after a crash. Everything the room touches of the world is here.
 */
export class Host {
  readonly sockets: Sockets
  readonly agents: Directory
  readonly enlister: Enlister
  readonly limits: Limits
  readonly meter = new Meter(Date.now())
  readonly #context: DurableObjectState
  readonly #env: Env
  readonly #channel: Channel
  readonly #sql: Sql
  readonly #calls: Calls
  readonly #clock: AlarmClock
  readonly #courier: Courier
  readonly #intake: Intake
  readonly #outbox = new Outbox()
  #room: Room | null = null

  constructor(context: DurableObjectState, env: Env, channel: Channel) {
    this.#context = context
    this.#env = env
    this.#channel = channel
    this.#sql = durableSql(context.storage, this.meter.rows)
    this.limits = limitsHere(readLimits(env.LIMITS))
    this.sockets = new Sockets(context, this.limits.unread_bytes)
    this.agents = new Directory(env)
    const errands = { waitUntil: (work: Promise<unknown>) => this.while('errand', work) }
    this.enlister = new Enlister(errands, env)
    const later = (act: (room: Room, now: number) => Effect[]) => this.later(room => act(room, Date.now()))
    this.#calls = new Calls(this.agents, this.limits.turn_seconds * 1_000, later)
    this.#courier = new Courier(errands, env, later)
    this.#clock = new AlarmClock(context, this.meter, () => {
      this.later(room => this.#clock.attempt(() => room.tick(Date.now(), this.sockets)))
      this.#lookAround()
    })
    this.#intake = new Intake({
      handle: arrivals => this.#receive(arrivals),
      turnEnds: run => setTimeout(run, 0),
      committed: () => context.storage.sync(),
    })
    if (isEmpty(this.#sql)) return // nobody was here yet, and looking does not change that
    this.#room = this.#born()
    this.do(() => [])
  }

  /** The room, or null: nobody was here yet. */
  get room(): Room | null {
    return this.#room
  }

  /** The room, which comes to exist with the first who asks for it. */
  open(): Room {
    this.#room ??= this.#born()
    return this.#room
  }

  /** A frame arrived on a socket. */
  receive(arrival: Arrival): void {
    this.#intake.take(arrival)
  }

  /** Lets the room act. What arrived before is handled before. */
  do(act: (room: Room) => Effect[]): void {
    this.#intake.drain()
    this.#act(act)
    this.#settle(false)
  }

  /** As `do`, for what comes back later: a channel that was deleted meanwhile does not come to exist again. */
  later(act: (room: Room) => Effect[]): void {
    if (this.#room !== null) this.do(act)
  }

  /** Lets the room act for somebody without a socket. `failed`: what to answer if that throws. */
  ask<Result>(failed: Result, act: (room: Room) => { result: Result; effects: Effect[] }): Result {
    let answer = failed
    this.do(room => {
      const { result, effects } = act(room)
      answer = result
      return effects
    })
    return answer
  }

  /** The alarm rang. */
  alarm(): void {
    this.meter.alarm(Date.now())
    this.#lookAround()
    this.#clock.rang()
    this.later(room => this.#clock.attempt(() => room.alarm(Date.now(), this.sockets)))
  }

  /** Frames that came together are one commit, and leave together. */
  #receive(arrivals: readonly Arrival[]): void {
    if (this.#room === null) return // deleted meanwhile, and their sockets with it
    for (const { from, frame } of arrivals) this.#act(room => room.receive(from, frame, Date.now()), from)
    this.#settle(arrivals.length > 1)
  }

  /** Lets the room act and performs what it says. Whatever throws is a bug or a storage fault: see `#reborn`. */
  #act(act: (room: Room) => Effect[], sender?: SessionId): void {
    try {
      for (const effect of act(this.open())) this.#perform(effect)
    } catch (error) {
      this.#reborn(error, sender)
    }
  }

  #perform(effect: Effect): void {
    const room = this.open()
    switch (effect.do) {
      case 'send':
      case 'broadcast':
        this.#outbox.put(effect, room.parts.sessions, room.parts.around)
        break
      case 'close':
        this.#speak(false)
        this.sockets.close(effect.session, effect.code, effect.reason)
        break
      case 'taken':
        this.sockets.taken(effect.session)
        break
      case 'verify':
        this.while('errand', this.#verify(effect.session, effect.id, effect.token))
        break
      case 'call':
        this.while('agent', this.#calls.call(effect.request))
        break
      case 'cancel':
        this.#calls.cancel(effect.turn)
        break
      case 'digest':
        this.while(
          'errand',
          carryDigest(this.#env, effect, act => this.later(room => act(room.parts.digests))),
        )
        break
      case 'report':
        this.while('errand', report(this.#env, effect.agent, effect.data))
        break
      case 'renew':
        this.#speak(false)
        this.#calls.cancelAll()
        this.#room = this.#born()
        break
      case 'forget':
        this.#speak(false)
        this.#forget()
        break
      default:
        effect satisfies never
    }
  }

  /** Sends what was said so far. */
  #speak(packed: boolean): void {
    if (this.#room === null) return
    this.#outbox.flush(this.#room.parts.sessions, packed, (id, mail) => this.sockets.deliver(id, mail))
  }

  /** After every act: send, let go of who is too slow, write down what changed, and be woken when something is owed. */
  #settle(packed: boolean): void {
    try {
      this.#speak(packed)
      for (const id of this.sockets.takeSlow()) this.#letGo(id)
      if (this.#room !== null) this.#remember(this.#room, Date.now())
    } catch (error) {
      this.#reborn(error, undefined)
    }
  }

  #letGo(id: SessionId): void {
    this.sockets.close(id, 'tooSlow', 'too slow: resume from the last seq')
    for (const effect of this.open().leave(id, Date.now())) this.#perform(effect)
    this.#speak(false)
  }

  #remember(room: Room, now: number): void {
    for (const [id, attachment] of room.takeTouched(now)) this.sockets.remember(id, attachment)
    this.#courier.send(room.parts.webhooks, now)
    this.#clock.setAlarm(room.nextAlarm())
    this.enlister.tell(room.parts.listing)
    this.#clock.setTimer(room.nextTick(now), now)
  }

  /** Deletes everything. The next visitor finds a new channel, with a new epoch. */
  #forget(): void {
    this.#room = null
    this.meter.forget(Date.now())
    this.#calls.cancelAll()
    this.#clock.stop()
    this.#context.waitUntil(this.#context.storage.deleteAll())
    this.enlister.remove(this.#context.id.name ?? '')
  }

  /** What is in memory may be wrong now: tells the sender, and begins again from what is stored. */
  #reborn(error: unknown, sender: SessionId | undefined): void {
    this.#log(error)
    try {
      this.#speak(false) // what was said before is stored, and true
      const room = this.#born()
      this.#room = room
      const session = sender === undefined ? undefined : room.parts.sessions.get(sender)
      if (session !== undefined) this.#perform(send(session, 'error', failure, Date.now()))
      this.#speak(false)
      this.#remember(room, Date.now())
    } catch (second) {
      // Storage does not answer at all. Nothing was acknowledged; the platform starts us anew, and rings the alarm again.
      this.#log(second)
      this.#context.abort('storage does not answer')
    }
  }

  #log(error: unknown): void {
    console.error(JSON.stringify({ at: 'room', channel: this.#context.id.name, error: describe(error) }))
  }

  #born(): Room {
    const name = this.#context.id.name
    if (name === undefined) throw new Error('a channel is reached by its name; this object has none')
    const attachments = this.sockets.restore()
    const given = {
      channel: this.#channel,
      name,
      sql: this.#sql,
      agents: this.agents,
      limits: this.limits,
      newId: () => crypto.randomUUID(),
      meter: this.meter,
      ledgers: this.sockets.ledgers,
      storageBytes: () => this.#context.storage.sql.databaseSize,
    }
    return new Room(given, attachments, this.sockets)
  }

  /** Work that keeps the object in memory until it is done. */
  while(what: 'agent' | 'errand', work: Promise<unknown>): void {
    const over = this.meter.begin(what, Date.now())
    const done = () => {
      this.#lookAround()
      over(Date.now())
    }
    this.#context.waitUntil(work.finally(done))
  }

  /** Says, once an hour, what keeps this object awake or wakes it for nothing, and what that costs. */
  #lookAround(): void {
    const now = Date.now()
    for (const { cause, detail, dollars } of this.meter.look(this.sockets.undrained(), now)) {
      const channel = `${this.#channel.kind}:${this.#context.id.name}`
      openLog(this.#env.LOG, console)({ event: 'wakeful', channel, cause, detail, dollars_a_month: dollars }, now)
    }
  }

  async #verify(session: SessionId, id: string | null, token: string): Promise<void> {
    const outcome = await identityIn(token, this.#env, `${this.#channel.kind}:${this.#context.id.name}`, Date.now())
    this.later(room => room.identified(session, id, outcome, Date.now()))
  }
}
