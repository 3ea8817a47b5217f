import { AgentRegistry } from '../../agents/agent-registry.ts'
import { batchedTokenClient } from '../../deployment/tokens/clients.ts'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { minDefined } from '../../lib/earliest.ts'
import { createLogger } from '../../lib/logger.ts'
import { isEmpty } from '../../lib/migrations.ts'
import type { Sql } from '../../lib/sql.ts'
import type { ChannelName } from '../../protocol/channels.ts'
import { type Limits, readLimits } from '../../protocol/limits.ts'
import type { ChannelKindConfig } from '../channel-kinds.ts'
import { commandFailure } from '../commands/response.ts'
import { close, type Effect, send } from '../effects.ts'
import { Meter } from '../metering/meter.ts'
import { DirectoryClient } from '../outbound/directory-client.ts'
import { StatsReporter } from '../outbound/stats-reporter.ts'
import { WebhookDispatcher } from '../outbound/webhooks/dispatcher.ts'
import { Room } from '../room.ts'
import type { SessionId } from '../sessions/session.ts'
import { TokenCache } from '../sessions/token-cache.ts'
import { AlarmScheduler } from './alarm-scheduler.ts'
import { BackgroundTasks } from './background-tasks.ts'
import { Broadcaster } from './broadcaster.ts'
import { ConnectThrottle } from './connect-throttle.ts'
import { FrameBuffer, type InboundFrame } from './frame-buffer.ts'
import { ChannelMetrics } from './metrics.ts'
import { limitsHere, Sockets } from './sockets.ts'

/**
 * Keeps the room of one object alive: lets it act, performs what it says, and makes it anew from what is stored when
 * something throws, as after a crash. Everything the room touches of the world is here.
 */
export class RoomHost {
  readonly sockets: Sockets
  readonly agents: AgentRegistry
  readonly enlister: DirectoryClient
  readonly limits: Limits
  readonly passes: TokenCache
  readonly meter = new Meter(Date.now())
  readonly witness: ChannelMetrics
  readonly errands: BackgroundTasks
  readonly turnstile = new ConnectThrottle(run => setTimeout(run, 0))
  readonly #context: DurableObjectState
  readonly #channel: ChannelKindConfig
  readonly #sql: Sql
  readonly #clock: AlarmScheduler
  readonly #courier: WebhookDispatcher
  readonly #intake: FrameBuffer
  readonly #outbox = new Broadcaster()
  readonly #reporter: StatsReporter
  #room: Room | null = null

  constructor(context: DurableObjectState, env: Env, channel: ChannelKindConfig) {
    this.#context = context
    this.#channel = channel
    this.#sql = durableSql(context.storage, this.meter.rows)
    this.limits = limitsHere(readLimits(env.LIMITS))
    this.sockets = new Sockets(context, this.limits.unread_bytes)
    this.agents = new AgentRegistry(env)
    const later = (act: (room: Room, now: number) => Effect[]) => this.runIfExists(room => act(room, Date.now()))
    const place: ChannelName = `${channel.kind}:${context.id.name}`
    this.passes = new TokenCache(place, batchedTokenClient(env))
    const log = createLogger(env.LOG, console)
    const { agents, meter, passes } = this
    const turnMs = this.limits.turn_seconds * 1_000
    const undrained = () => this.sockets.undrained()
    this.errands = new BackgroundTasks({ context, env, place, agents, passes, turnMs, meter, log, undrained, later })
    this.enlister = new DirectoryClient(this.errands, env)
    this.#courier = new WebhookDispatcher(this.errands, env, later)
    this.#clock = new AlarmScheduler(context, this.meter, () => {
      this.runIfExists(room => this.#clock.attempt(() => room.tick(Date.now(), this.sockets)))
      this.errands.lookAround()
    })
    this.#intake = new FrameBuffer({
      handle: arrivals => this.#receive(arrivals),
      turnEnds: run => setTimeout(run, 0),
      committed: () => context.storage.sync(),
    })
    this.witness = new ChannelMetrics({ channel: place, log, now: () => Date.now(), newId: () => crypto.randomUUID() })
    this.#reporter = new StatsReporter(this.errands, env, this.witness)
    if (isEmpty(this.#sql)) return // nobody was here yet, and looking does not change that
    this.#room = this.#createRoom()
    this.#reporter.recall(this.#room.context)
    this.run(() => [])
  }

  /** The room, or null: nobody was here yet. */
  get room(): Room | null {
    return this.#room
  }

  /** The room, which comes to exist with the first who asks for it. */
  open(): Room {
    this.#room ??= this.#createRoom()
    return this.#room
  }

  /** A frame arrived on a socket. */
  receive(arrival: InboundFrame): void {
    this.#intake.push(arrival)
  }

  /** Lets the room act. What arrived before is handled before. */
  run(act: (room: Room) => Effect[]): void {
    this.#intake.drain()
    this.#act(act)
    this.#afterRun(false)
  }

  /** As `do`, for what comes back later: a channel that was deleted meanwhile does not come to exist again. */
  runIfExists(act: (room: Room) => Effect[]): void {
    if (this.#room !== null) this.run(act)
  }

  /** Lets the room act for somebody without a socket. `failed`: what to answer if that throws. */
  runWithResult<Result>(failed: Result, act: (room: Room) => { result: Result; effects: Effect[] }): Result {
    let answer = failed
    this.run(room => {
      const { result, effects } = act(room)
      answer = result
      return effects
    })
    return answer
  }

  /** The peer of a socket is gone. */
  socketClosed(id: SessionId, code: number): void {
    this.runIfExists(room => {
      const session = room.context.sessions.get(id)
      if (session !== undefined) this.witness.closed(session, code)
      return room.leave(id, Date.now())
    })
  }

  /** The alarm rang. */
  alarm(): void {
    this.meter.alarm(Date.now())
    this.errands.lookAround()
    this.#clock.fired()
    this.runIfExists(room => this.#clock.attempt(() => room.alarm(Date.now(), this.sockets)))
  }

  /** Frames that came together are one commit, and leave together. */
  #receive(arrivals: readonly InboundFrame[]): void {
    if (this.#room === null) return // deleted meanwhile, and their sockets with it
    this.witness.counts.frames_in += arrivals.length
    for (const { from, frame } of arrivals) this.#act(room => room.receive(from, frame, Date.now()), from)
    this.#afterRun(arrivals.length > 1)
  }

  /** Lets the room act and performs what it says. Whatever throws is a bug or a storage fault: see `#reborn`. */
  #act(act: (room: Room) => Effect[], sender?: SessionId): void {
    try {
      for (const effect of act(this.open())) this.#perform(effect)
    } catch (error) {
      this.#recover(error, sender)
    }
  }

  #perform(effect: Effect): void {
    const room = this.open()
    switch (effect.do) {
      case 'send':
      case 'broadcast':
        this.witness.recordFrame(effect, room.context.sessions)
        this.#outbox.add(effect, room.context.sessions, room.context.around)
        break
      case 'close':
        this.#flush(false)
        this.sockets.close(effect.session.id, effect.code, effect.reason)
        this.witness.closed(effect.session, effect.code)
        break
      case 'turn ended':
        this.witness.turnEnded(effect)
        break
      case 'taken':
        this.sockets.confirmReceived(effect.session)
        break
      case 'verify':
      case 'call':
      case 'cancel':
      case 'digest':
      case 'report':
        this.errands.run(effect)
        break
      case 'renew':
        this.#flush(false)
        this.errands.cancelAll()
        this.#room = this.#createRoom()
        break
      case 'forget':
        this.#flush(false)
        this.#forget()
        break
      default:
        effect satisfies never
    }
  }

  /** Sends what was said so far. */
  #flush(packed: boolean): void {
    if (this.#room === null) return
    this.#outbox.flush(this.#room.context.sessions, packed, (id, mail) => {
      this.witness.counts.frames_out += mail.texts.length
      this.sockets.deliver(id, mail)
    })
  }

  /** After every act: send, let go of who is too slow, write down what changed, and be woken when something is owed. */
  #afterRun(packed: boolean): void {
    try {
      this.#flush(packed)
      for (const id of this.sockets.drainSlow()) this.#dropSlow(id)
      if (this.#room !== null) this.#persistSessions(this.#room, Date.now())
    } catch (error) {
      this.#recover(error, undefined)
    }
  }

  #dropSlow(id: SessionId): void {
    const session = this.#room?.context.sessions.get(id)
    if (session === undefined) return
    this.#perform(close(session, 'tooSlow', 'too slow: resume from the last seq'))
    for (const effect of this.open().leave(id, Date.now())) this.#perform(effect)
    this.#flush(false)
  }

  #persistSessions(room: Room, now: number): void {
    const [first, ...others] = room.takeTouched(now)
    if (first !== undefined) this.sockets.remember(first[0], { ...first[1], tally: this.witness.tally })
    for (const [id, attachment] of others) this.sockets.remember(id, attachment)
    this.#courier.send(room.context.webhooks, now)
    this.#clock.setAlarm(room.nextAlarm())
    this.enlister.tell(room.context.listing)
    this.#reporter.report(room.context, now)
    this.#clock.setTimer(minDefined(room.nextTick(now), this.#reporter.due(room.context)), now)
  }

  /** Deletes everything. The next visitor finds a new channel, with a new epoch. */
  #forget(): void {
    this.#room = null
    this.meter.reset(Date.now())
    this.errands.cancelAll()
    this.#clock.stop()
    this.#context.waitUntil(this.#context.storage.deleteAll())
    this.enlister.remove(this.#context.id.name ?? '')
    this.#reporter.forget(`${this.#channel.kind}:${this.#context.id.name}`)
  }

  /** What is in memory may be wrong now: tells the sender, and begins again from what is stored. */
  #recover(error: unknown, sender: SessionId | undefined): void {
    this.witness.failed(error)
    try {
      this.#flush(false) // what was said before is stored, and true
      const room = this.#createRoom()
      this.#room = room
      const session = sender === undefined ? undefined : room.context.sessions.get(sender)
      if (session !== undefined) this.#perform(send(session, 'error', commandFailure, Date.now()))
      this.#flush(false)
      this.#persistSessions(room, Date.now())
    } catch (second) {
      // Storage does not answer at all. Nothing was acknowledged; the platform starts us anew, and rings the alarm again.
      this.witness.failed(second)
      this.#context.abort('storage does not answer')
    }
  }

  #createRoom(): Room {
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
