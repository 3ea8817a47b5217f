import { Directory } from '../agents/directory.ts'
import type { Env } from '../env.ts'
import { durableSql } from '../lib/durable-sql.ts'
import { earliest } from '../lib/earliest.ts'
import { openLog } from '../lib/log.ts'
import { isEmpty } from '../lib/migrations.ts'
import type { Sql } from '../lib/sql.ts'
import { desk } from '../passes/stubs.ts'
import type { ChannelName } from '../protocol/channels.ts'
import { type Limits, readLimits } from '../protocol/limits.ts'
import { AlarmClock } from './alarm-clock.ts'
import type { Channel } from './channel.ts'
import { close, type Effect, send } from './effects.ts'
import { Enlister } from './enlister.ts'
import { Errands } from './errands.ts'
import { type Arrival, Intake } from './intake.ts'
import { Meter } from './meter/meter.ts'
import { Outbox } from './outbox.ts'
import { Reporter } from './reporter.ts'
import { failure } from './request.ts'
import { Room } from './room.ts'
import type { SessionId } from './session.ts'
import { ShownPasses } from './shown-passes.ts'
import { limitsHere, Sockets } from './sockets.ts'
import { Turnstile } from './turnstile.ts'
import { Courier } from './webhooks/courier.ts'
import { Witness } from './witness.ts'

/**
 * Keeps the room of one object alive: lets it act, performs what it says, and makes it anew from what is stored when
 * something throws, as after a crash. Everything the room touches of the world is here.
 */
export class Host {
  readonly sockets: Sockets
  readonly agents: Directory
  readonly enlister: Enlister
  readonly limits: Limits
  readonly passes: ShownPasses
  readonly meter = new Meter(Date.now())
  readonly witness: Witness
  readonly errands: Errands
  readonly turnstile = new Turnstile(run => setTimeout(run, 0))
  readonly #context: DurableObjectState
  readonly #channel: Channel
  readonly #sql: Sql
  readonly #clock: AlarmClock
  readonly #courier: Courier
  readonly #intake: Intake
  readonly #outbox = new Outbox()
  readonly #reporter: Reporter
  #room: Room | null = null

  constructor(context: DurableObjectState, env: Env, channel: Channel) {
    this.#context = context
    this.#channel = channel
    this.#sql = durableSql(context.storage, this.meter.rows)
    this.limits = limitsHere(readLimits(env.LIMITS))
    this.sockets = new Sockets(context, this.limits.unread_bytes)
    this.agents = new Directory(env)
    const later = (act: (room: Room, now: number) => Effect[]) => this.later(room => act(room, Date.now()))
    const place: ChannelName = `${channel.kind}:${context.id.name}`
    this.passes = new ShownPasses(place, desk(env))
    const log = openLog(env.LOG, console)
    const { agents, meter, passes } = this
    const turnMs = this.limits.turn_seconds * 1_000
    const undrained = () => this.sockets.undrained()
    this.errands = new Errands({ context, env, place, agents, passes, turnMs, meter, log, undrained, later })
    this.enlister = new Enlister(this.errands, env)
    this.#courier = new Courier(this.errands, env, later)
    this.#clock = new AlarmClock(context, this.meter, () => {
      this.later(room => this.#clock.attempt(() => room.tick(Date.now(), this.sockets)))
      this.errands.lookAround()
    })
    this.#intake = new Intake({
      handle: arrivals => this.#receive(arrivals),
      turnEnds: run => setTimeout(run, 0),
      committed: () => context.storage.sync(),
    })
    this.witness = new Witness({ channel: place, log, now: () => Date.now(), newId: () => crypto.randomUUID() })
    this.#reporter = new Reporter(this.errands, env, this.witness)
    if (isEmpty(this.#sql)) return // nobody was here yet, and looking does not change that
    this.#room = this.#born()
    this.#reporter.recall(this.#room.parts)
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

  /** The peer of a socket is gone. */
  gone(id: SessionId, code: number): void {
    this.later(room => {
      const session = room.parts.sessions.get(id)
      if (session !== undefined) this.witness.closed(session, code)
      return room.leave(id, Date.now())
    })
  }

  /** The alarm rang. */
  alarm(): void {
    this.meter.alarm(Date.now())
    this.errands.lookAround()
    this.#clock.rang()
    this.later(room => this.#clock.attempt(() => room.alarm(Date.now(), this.sockets)))
  }

  /** Frames that came together are one commit, and leave together. */
  #receive(arrivals: readonly Arrival[]): void {
    if (this.#room === null) return // deleted meanwhile, and their sockets with it
    this.witness.counts.frames_in += arrivals.length
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
        this.witness.said(effect, room.parts.sessions)
        this.#outbox.put(effect, room.parts.sessions, room.parts.around)
        break
      case 'close':
        this.#speak(false)
        this.sockets.close(effect.session.id, effect.code, effect.reason)
        this.witness.closed(effect.session, effect.code)
        break
      case 'turn ended':
        this.witness.turnEnded(effect)
        break
      case 'taken':
        this.sockets.taken(effect.session)
        break
      case 'verify':
      case 'call':
      case 'cancel':
      case 'digest':
      case 'report':
        this.errands.run(effect)
        break
      case 'renew':
        this.#speak(false)
        this.errands.cancelAll()
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
    this.#outbox.flush(this.#room.parts.sessions, packed, (id, mail) => {
      this.witness.counts.frames_out += mail.texts.length
      this.sockets.deliver(id, mail)
    })
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
    const session = this.#room?.parts.sessions.get(id)
    if (session === undefined) return
    this.#perform(close(session, 'tooSlow', 'too slow: resume from the last seq'))
    for (const effect of this.open().leave(id, Date.now())) this.#perform(effect)
    this.#speak(false)
  }

  #remember(room: Room, now: number): void {
    const [first, ...others] = room.takeTouched(now)
    if (first !== undefined) this.sockets.remember(first[0], { ...first[1], tally: this.witness.tally })
    for (const [id, attachment] of others) this.sockets.remember(id, attachment)
    this.#courier.send(room.parts.webhooks, now)
    this.#clock.setAlarm(room.nextAlarm())
    this.enlister.tell(room.parts.listing)
    this.#reporter.tell(room.parts, now)
    this.#clock.setTimer(earliest(room.nextTick(now), this.#reporter.due(room.parts)), now)
  }

  /** Deletes everything. The next visitor finds a new channel, with a new epoch. */
  #forget(): void {
    this.#room = null
    this.meter.forget(Date.now())
    this.errands.cancelAll()
    this.#clock.stop()
    this.#context.waitUntil(this.#context.storage.deleteAll())
    this.enlister.remove(this.#context.id.name ?? '')
    this.#reporter.forget(`${this.#channel.kind}:${this.#context.id.name}`)
  }

  /** What is in memory may be wrong now: tells the sender, and begins again from what is stored. */
  #reborn(error: unknown, sender: SessionId | undefined): void {
    this.witness.failed(error)
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
      this.witness.failed(second)
      this.#context.abort('storage does not answer')
    }
  }

  #born(): Room {
    const name = this.#context.id.name
    if (name === undefined) throw new Error('a channel is reached by its name; this object has none')
    const attachments = this.sockets.restore()
    this.witness.recall(attachments.flatMap(({ tally }) => tally ?? []))
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
}
