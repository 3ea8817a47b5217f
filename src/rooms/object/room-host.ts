import { AgentRegistry } from '../../agents/agent-registry.ts'
import type { Env } from '../../env.ts'
import { durableSql } from '../../lib/durable-sql.ts'
import { createLogger } from '../../lib/logger.ts'
import { isEmpty } from '../../lib/migrations.ts'
import type { Sql } from '../../lib/sql.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import type { Region } from '../../protocol/channels/region.ts'
import type { Limits } from '../../protocol/limits.ts'
import { commandFailure } from '../commands/response.ts'
import type { RoomDeps } from '../deps.ts'
import { Meter } from '../metering/meter.ts'
import { sendActivity } from '../outbound/agent-activity.ts'
import { ChannelMetrics } from '../outbound/statistics.ts'
import { close, type Effect, nothing, type Outcome, outcome, refuse, sequence } from '../outcome.ts'
import { createRoom, type Room } from '../room.ts'
import type { ConnectRefusal } from '../sessions/access.ts'
import type { Attachment } from '../sessions/attachment.ts'
import { verifyToken } from '../sessions/authenticate.ts'
import type { IdentifiedCaller } from '../sessions/caller-context.ts'
import type { Session, SessionId } from '../sessions/session.ts'
import type { TokenCache } from '../sessions/token-cache.ts'
import type { RoomTables } from '../tables.ts'
import { AgentCalls } from '../turns/agent-calls.ts'
import { AlarmScheduler } from './alarm-scheduler.ts'
import { BackgroundTasks } from './background-tasks.ts'
import { FrameBuffer, type InboundFrame } from './frame-buffer.ts'
import type { Entrance, KindTables } from './kind-tables.ts'
import { OutcomePerformer } from './outcome-performer.ts'
import { probeOf, type RelaySessions, type RelaySessionsPorts, relaySockets } from './relay-sessions.ts'
import type { Sockets } from './sockets.ts'

/**
 * Keeps the room of one object running: passes input to it, performs the outcomes, and reopens it from storage when
 * something throws, as after a crash.
 */
export class RoomHost {
  readonly sockets: Sockets
  readonly agents: AgentRegistry
  readonly limits: Limits
  readonly tokens: TokenCache
  readonly meter = new Meter(Date.now())
  readonly metrics: ChannelMetrics
  readonly background: BackgroundTasks
  readonly relays: RelaySessions | null
  readonly #state: DurableObjectState
  readonly #env: Env
  readonly #name: string
  readonly #channel: ChannelName
  readonly #sql: Sql
  readonly #tables: RoomTables
  readonly #calls: AgentCalls
  readonly #scheduler: AlarmScheduler
  readonly #frames: FrameBuffer
  readonly #performer: OutcomePerformer
  #alarmAt: number | null | undefined // as it was set last; undefined: not yet
  #timerAt: number | null = null
  #room: Room | null = null

  constructor(state: DurableObjectState, env: Env, tables: KindTables, entrance: Entrance) {
    const { limits, sockets, tokens } = entrance
    const name = state.id.name
    if (name === undefined) throw new Error('a channel is reached by its name; this object has none')
    this.#state = state
    this.#env = env
    this.#name = name
    this.#channel = `${tables.kind.kind}:${name}`
    this.#sql = durableSql(state.storage, this.meter.rows)
    this.limits = limits
    this.sockets = sockets
    this.tokens = tokens
    this.agents = new AgentRegistry(env, tables.connectedAgents?.(env, name) ?? null)
    const { agents, meter } = this
    const channel = this.#channel
    const log = createLogger(env.LOG, console)
    const runIfExists = (act: (room: Room, now: number) => Outcome) => this.runIfExists(act)
    this.background = new BackgroundTasks({
      waitUntil: work => state.waitUntil(work),
      meter,
      log,
      channel,
      undrained: () => this.sockets.undrained(),
    })
    this.metrics = new ChannelMetrics({ channel, log, now: () => Date.now(), newId: () => crypto.randomUUID() })
    const { background, metrics } = this
    const current = () => (this.#room === null ? null : { context: this.#room.context, now: Date.now() })
    const object = { env, channel, kind: tables.kind, name, agents, background, metrics }
    const components = tables.components({ ...object, runIfExists, current, now: () => Date.now() })
    this.#tables = { ...tables, limits: this.limits, components }
    this.#calls = new AgentCalls(this.agents, this.limits, runIfExists)
    this.relays = tables.relays?.(this.#relayPorts(entrance)) ?? null
    this.#performer = this.#createPerformer()
    this.#scheduler = new AlarmScheduler(state, meter, () => this.#timer())
    this.#frames = new FrameBuffer({
      handle: frames => this.#receive(frames),
      afterEventLoopTurn: run => setTimeout(run, 0),
      committed: () => (this.#room?.context.components.gathers ? null : state.storage.sync()),
    })
    if (isEmpty(this.#sql)) return // the channel does not exist yet, and reading must not create it
    this.#room = this.#openRoom()
    this.run(() => nothing)
  }

  /** The room, or null: the channel does not exist yet. */
  get room(): Room | null {
    return this.#room
  }

  /**
   * Connects a session, unless the room refuses it; returns the refusal, or null. `accept` is called once it is clear that
   * the session may enter. Whoever is refused leaves nothing: a channel that does not exist is not created.
   */
  connect(caller: IdentifiedCaller, session: Session, accept: (id: SessionId) => void): ConnectRefusal | null {
    const now = session.startedAt
    this.meter.call(now)
    this.#frames.drain() // what arrived before it is not for it
    const refused = this.#withRoom(
      room => room.refuseConnect(caller, now),
      (_, refusal) => refusal === null,
    )
    if (refused !== null) return refused
    accept(session.id)
    this.meter.upgrade((this.#room?.context.sessions.size ?? 0) + 1)
    const { since, epoch, ring } = caller
    const resume = since === null ? null : { since, epoch, ...(ring && { isServed: ring }) }
    this.metrics.opened(session, resume !== null)
    this.run(room => room.connect(session, resume, now))
    return null
  }

  /** A frame arrived on a socket. */
  receive(frame: InboundFrame): void {
    this.#frames.push(frame)
  }

  /** Runs code on the room and performs the outcome, after the frames that arrived before. `sender`: gets the response. */
  run(act: (room: Room, now: number) => Outcome, sender: SessionId | null = null): void {
    this.#frames.drain()
    this.#act(act, sender)
    this.#afterRun(false)
  }

  /** The same for results that arrive later: a channel that was deleted meanwhile is not created again. */
  runIfExists(act: (room: Room, now: number) => Outcome, sender: SessionId | null = null): void {
    if (this.#room !== null) this.run(act, sender)
  }

  /**
   * Runs code on the room and returns its result. `failed`: the result if it throws. `region`: the one that was asked for,
   * if this brings the channel into being.
   */
  runWithResult<Result>(
    failed: Result,
    act: (room: Room, now: number) => { result: Result; outcome: Outcome },
    region?: Region,
  ): Result {
    const isNew = this.#room === null
    let returned = failed
    this.run((room, now) => {
      const { result, outcome } = act(room, now)
      if (isNew && region !== undefined) room.context.settings.placeIn(region)
      returned = result
      return outcome
    })
    return returned
  }

  /** The peers of sockets are gone. */
  socketsClosed(ids: readonly SessionId[], code: number): void {
    this.runIfExists((room, now) => {
      const { sessions } = room.context
      for (const session of ids.flatMap(id => sessions.get(id) ?? [])) this.metrics.closed(session, code)
      return sequence(...ids.map(id => room.disconnect(id, now)))
    })
  }

  /** The alarm fired. */
  alarm(): void {
    this.meter.alarm(Date.now())
    this.background.checkWakefulness()
    this.#alarmAt = null
    this.#scheduler.fired()
    this.runIfExists((room, now) => this.#scheduler.attempt(() => room.alarm(now)))
  }

  #timer(): void {
    this.#timerAt = null
    this.runIfExists((room, now) => this.#scheduler.attempt(() => room.tick(now)))
    this.background.checkWakefulness()
  }

  /** Frames that came together are one commit, and leave together. */
  #receive(frames: readonly InboundFrame[]): void {
    if (this.#room === null) return // deleted meanwhile, and their sockets with it
    this.metrics.counts.frames_in += frames.length
    if (frames.length > 1) this.#act(room => room.expect(frames), null)
    for (const { from, frame, handled } of frames) {
      this.#act((room, now) => room.receive(from, frame, now), from)
      handled?.()
    }
    this.#afterRun(frames.length > 1)
  }

  /** Runs code on the room and performs the outcome, unless it is undone. An exception is a bug or a storage fault: see `#recover`. */
  #act(act: (room: Room, now: number) => Outcome, sender: SessionId | null): void {
    try {
      if (this.#room !== null) {
        this.#performer.perform(act(this.#room, Date.now()), sender)
        return
      }
      const outcome = this.#withRoom(
        room => act(room, Date.now()),
        room => room.hasBegun,
      )
      if (this.#room !== null) this.#performer.perform(outcome, sender)
    } catch (error) {
      this.#recover(error, sender)
    }
  }

  /**
   * Runs code on the room. If the channel does not exist yet, this creates it; if `keeps` then finds that nothing came of
   * it, everything is undone, as if nobody had asked.
   */
  #withRoom<Result>(act: (room: Room) => Result, keeps: (room: Room, result: Result) => boolean): Result {
    if (this.#room !== null) return act(this.#room)
    const nothingCame = new Error('nothing came of it') // undoes the transaction
    const undone: Result[] = []
    try {
      return this.#sql.transaction(() => {
        const room = this.#openRoom()
        const result = act(room)
        if (!keeps(room, result)) {
          undone.push(result)
          throw nothingCame
        }
        this.#room = room
        return result
      })
    } catch (error) {
      if (error !== nothingCame) throw error
      return undone[0] as Result // pushed just before it was thrown
    }
  }

  #createPerformer(): OutcomePerformer {
    const { metrics, relays } = this
    return new OutcomePerformer({
      audience: () => this.#room?.context ?? null,
      subscriberOf: id => (relays?.has(id) ? relays : this.sockets),
      ...(relays !== null && { receivers: typingUsers => relays.receivers(typingUsers) }),
      verifyToken: effect => this.background.run(this.#verifyToken(effect)),
      callAgent: request => this.background.run(this.#calls.call(request), 'agent'),
      cancelCall: turn => this.#calls.cancel(turn),
      cancelAllCalls: () => this.#calls.cancelAll(),
      reload: () => {
        this.#room = this.#openRoom()
      },
      delete: () => this.#delete(),
      onEvents: events => {
        metrics.recordEvents(events)
        this.relays?.noteEvents(events)
      },
      onError: (code, session) => metrics.recordError(code, session),
      onClose: (session, code) => metrics.closed(session, code),
      onDelivery: frames => {
        metrics.counts.frames_out += frames
      },
    })
  }

  /** After every run: sends, closes readers that are too slow, stores what changed, and sets alarm and timer. */
  #afterRun(packed: boolean): void {
    try {
      const last = this.#room?.beforeSend(Date.now()) ?? nothing
      if (last !== nothing) this.#performer.perform(last, null)
      this.#performer.flush(packed)
      for (const id of this.sockets.drainSlow()) this.#dropSlow(id)
      if (this.#room !== null) this.#settle(this.#room, Date.now())
      this.relays?.flush()
    } catch (error) {
      this.#recover(error, null)
    }
  }

  #dropSlow(id: SessionId): void {
    const room = this.#room
    const session = room?.context.sessions.get(id)
    if (room === null || session === undefined) return
    const closed = outcome({ effects: [close(session, 'tooSlow', 'too slow: resume from the last seq')] })
    this.#performer.perform(sequence(closed, room.disconnect(id, Date.now())), null)
    this.#performer.flush(false)
  }

  #settle(room: Room, now: number): void {
    const [first, ...others] = room.sessionsToStore(now)
    if (first !== undefined) this.#store(first[0], { ...first[1], tally: this.metrics.snapshot })
    for (const [id, attachment] of others) this.#store(id, attachment)
    const more = room.afterRun(now)
    if (more !== nothing) {
      this.#performer.perform(more, null)
      this.#performer.flush(false)
    }
    this.#schedule(room.nextAlarm(), room.nextTick(), now)
  }

  #store(id: SessionId, attachment: Attachment): void {
    if (this.relays?.has(id)) this.relays.store(id, attachment)
    else this.sockets.store(id, attachment)
  }

  /** Sets the alarm and the timer, if they differ from what was set last. */
  #schedule(alarmAt: number | null, timerAt: number | null, now: number): void {
    if (alarmAt !== this.#alarmAt) {
      this.#alarmAt = alarmAt
      this.#scheduler.setAlarm(alarmAt)
    }
    if (timerAt !== this.#timerAt) {
      this.#timerAt = timerAt
      this.#scheduler.setTimer(timerAt, now)
    }
  }

  /** Deletes everything. The next connect request creates a new channel, with a new epoch. */
  #delete(): void {
    const parts = this.#room?.context.components.all() ?? []
    this.#room = null
    this.#alarmAt = undefined
    this.#timerAt = null
    this.#scheduler.stop()
    this.relays?.forget()
    this.#state.waitUntil(this.#state.storage.deleteAll())
    for (const component of parts) component.onDelete?.(Date.now())
  }

  /** The state in memory may be wrong now: sends the sender an error, and reopens the room from storage. */
  #recover(error: unknown, sender: SessionId | null): void {
    this.metrics.failed(error)
    if (this.#room === null) return // it failed while it was being created, and all of that is undone
    try {
      this.#performer.flush(false) // the frames collected so far are about events that are stored
      const room = this.#openRoom()
      this.#room = room
      if (sender !== null) this.#performer.perform(refuse(null, commandFailure, Date.now()), sender)
      this.#performer.flush(false)
      this.#settle(room, Date.now())
    } catch (second) {
      // Storage is unavailable. Nothing was acknowledged; the platform restarts this object, and fires the alarm again.
      this.metrics.failed(second)
      this.#state.abort('storage is unavailable')
    }
  }

  async #verifyToken({ session, token, id }: Extract<Effect, { do: 'verifyToken' }>): Promise<void> {
    const about = { env: this.#env, channel: this.#channel, tokens: this.tokens }
    const result = await verifyToken(token, about, Date.now())
    this.runIfExists((room, now) => room.tokenVerified(session, { id, result }, now), session)
  }

  #relayPorts({ connect }: Entrance): RelaySessionsPorts {
    return {
      env: this.#env,
      sql: this.#sql,
      sockets: () => relaySockets(this.#state),
      ownSessions: () => this.sockets.sessions(),
      room: () => this.#room,
      receive: frame => this.receive(frame),
      run: act => this.runIfExists(act),
      left: (ids, code) => this.socketsClosed(ids, code),
      failed: error => this.metrics.failed(error),
      connect,
      background: work => this.background.run(work),
      setTimer: (run, ms) => void setTimeout(run, ms),
      now: () => Date.now(),
    }
  }

  #openRoom(): Room {
    const relayed = this.relays?.restore() ?? []
    const attachments = [...this.sockets.restore(), ...relayed]
    this.metrics.restore(attachments.flatMap(({ tally }) => tally ?? []))
    this.#alarmAt = undefined
    const deps: RoomDeps = {
      name: this.#name,
      openedAt: Date.now(),
      sql: this.#sql,
      agents: this.agents,
      newId: () => crypto.randomUUID(),
      meter: this.meter,
      ledgers: [...this.sockets.ledgers, ...relayed.flatMap(({ ledger }) => ledger ?? [])],
      storageBytes: () => this.#state.storage.sql.databaseSize,
      probe: probeOf(this.sockets, this.relays),
      observer: {
        agentActivity: (agent, ...report) => this.background.run(sendActivity(this.#env, agent, ...report)),
        turnEnded: end => this.metrics.turnEnded(end),
      },
    }
    return createRoom(this.#tables, deps, attachments)
  }
}
