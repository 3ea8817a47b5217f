import { DurableObject } from '#workers'
import type { Principal } from '../../auth/principal.ts'
import { batchedTokenClient } from '../../deployment/tokens/clients.ts'
import type { Env } from '../../env.ts'
import { createLogger, faultRecord } from '../../lib/logger.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import { readLimits } from '../../protocol/channels/limits-setting.ts'
import type { CloseName } from '../../protocol/close-codes.ts'
import type { Command } from '../../protocol/commands/commands.ts'
import type { MemberAct } from '../../protocol/commands/member-schema.ts'
import type { AnyPublication, PublicationResult } from '../../protocol/commands/publish-schema.ts'
import type { Dialect } from '../../protocol/dialects/dialect.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import { noSuchChannel, type Refusal } from '../../protocol/errors.ts'
import type { EventData } from '../../protocol/events/events.ts'
import { atLeast } from '../../protocol/roles.ts'
import type {
  AdminRequest,
  AdminRequestName,
  AdminRequestOf,
  AdminResult,
  CallerContext,
  ChannelRpc,
  CommandResponse,
  CommandResult,
  Digest,
  DigestReceipt,
  MembersResult,
  OwnEntry,
  OwnResult,
} from '../../rpc/channel.ts'
import { type Placement, placer } from '../../stubs.ts'
import { commandFailure } from '../commands/response.ts'
import { Allowances } from '../metering/allowances.ts'
import { DirectoryUpdates } from '../outbound/directory.ts'
import { nothing, refusal, responseOf } from '../outcome.ts'
import type { Room } from '../room.ts'
import type { ConnectRefusal } from '../sessions/access.ts'
import { type TokenCheckResult, verifyToken } from '../sessions/authenticate.ts'
import { callerHeader, type IdentifiedCaller, isIdentified, readCaller } from '../sessions/caller-context.ts'
import { fullBucket } from '../sessions/rate-limit.ts'
import { newSession, type Session, type SessionId } from '../sessions/session.ts'
import { TokenCache } from '../sessions/token-cache.ts'
import { busy, closeNames, connectRefusal, mayCreate, mayWrite, withRights } from './check-rights.ts'
import { closedAsleep } from './closed-asleep.ts'
import { ConnectThrottle } from './connect-throttle.ts'
import { refuseCreation } from './creation.ts'
import type { Entrance, KindTables } from './kind-tables.ts'
import { answerBy, refusalOf, withoutCaller } from './own-request.ts'
import { acceptRelay, planHeader, relayHeader } from './relay-sessions.ts'
import { RoomHost } from './room-host.ts'
import { openSocket, refuseSocket, sendToRelay } from './socket-response.ts'
import { answerClose, limitsHere, Sockets } from './sockets.ts'
import { firstToken, UnidentifiedSockets } from './unidentified-sockets.ts'

const awaitedDraws = 20 // by one request

/**
 * The Durable Object of a channel, called by the platform and the Worker. Its host runs the room, and is made when it is
 * first needed: sockets that have not authenticated are held without it, and thus without touching the storage.
 */
export class ChannelObjectBase extends DurableObject<Env> implements ChannelRpc {
  readonly #tables: KindTables
  readonly #entrance: Entrance
  readonly #connects = new ConnectThrottle(run => setTimeout(run, 0))
  readonly #unidentified: UnidentifiedSockets
  #madeHost: RoomHost | null = null

  constructor(state: DurableObjectState, env: Env, tables: KindTables) {
    super(state, env)
    this.#tables = tables
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong","data":{}}'))
    const channel = this.#channel
    const limits = limitsHere(readLimits(env.LIMITS, tables.kind.limits))
    const tokens = new TokenCache(channel, batchedTokenClient(env, state.id.jurisdiction))
    const sockets = new Sockets(state, limits.unread_bytes, limits.frame_bytes)
    this.#entrance = { limits, tokens, sockets, connect: (caller, accept) => this.#connect(caller, accept) }
    this.#unidentified = new UnidentifiedSockets(state, {
      readToken: (frame, { dialect }) => this.#readToken(frame, dialects[dialect]),
      verifyToken: token => this.#verifyFirstToken(token, { env, channel, tokens }),
      enter: (socket, caller, held) => this.#enter(socket, caller, held),
      background: work => state.waitUntil(work.catch(error => this.#logFault(error, channel))),
      now: () => Date.now(),
      setTimer: (run, ms) => void setTimeout(run, ms),
    })
  }

  get #host(): RoomHost {
    this.#madeHost ??= new RoomHost(this.ctx, this.env, this.#tables, this.#entrance)
    return this.#madeHost
  }

  /** An upgrade that the Worker has authenticated, or whose socket will authenticate itself. */
  override async fetch(request: Request): Promise<Response> {
    const { headers } = request
    const relay = headers.get(callerHeader) === null ? headers.get(relayHeader) : null
    if (relay !== null) return acceptRelay(this.ctx, this.#host.relays, relay)
    const caller = readCaller(headers.get(callerHeader))
    if (headers.get('upgrade') === null && isIdentified(caller)) return this.#answer(request, caller)
    const plan = isIdentified(caller) && headers.has(planHeader) ? this.#host.relays?.plan : undefined
    if (plan !== undefined && plan !== 'off') return sendToRelay(plan)
    const { 0: client, 1: server } = new WebSocketPair()
    const refused = isIdentified(caller)
      ? await this.#connect(caller, id => this.#entrance.sockets.accept(id, server))
      : this.#await(server, caller)
    return refused === null ? openSocket(client, caller, plan) : refuseSocket(refused)
  }

  #await(socket: WebSocket, caller: CallerContext): ConnectRefusal | null {
    return this.#unidentified.accept(socket, caller) ? null : busy
  }

  async #connect(caller: IdentifiedCaller, accept: (id: SessionId) => void): Promise<ConnectRefusal | null> {
    const { tokens } = this.#entrance
    let refused = await tokens.refusalOf(caller.principal)
    const turn = refused === null ? this.#connects.enter(Date.now()) : null
    if (turn !== null) {
      await turn
      refused = await tokens.refusalOf(caller.principal) // known by now, unless it was revoked meanwhile
    }
    const limited = refused === null ? await this.#refuseCreation(caller.principal) : null
    if (limited !== null) return { status: 429, ...limited }
    if (refused !== null) return refused
    const admitted = await withRights(this.#here, caller)
    return 'code' in admitted ? connectRefusal(admitted) : this.#join(admitted, this.#session(admitted), accept)
  }

  #readToken(frame: string | ArrayBuffer, dialect: Dialect): string | null {
    if (typeof frame !== 'string') {
      const wrapping = this.#tables.wrappings?.get(dialect.name)
      return wrapping?.readToken(new Uint8Array(frame), this.#channel) ?? null
    }
    return firstToken(dialect.decode(frame, this.#tables.commands))
  }

  get #here() {
    return { tables: this.#tables, env: this.env, name: this.ctx.id.name ?? '' }
  }

  async #verifyFirstToken(token: string, about: Parameters<typeof verifyToken>[1]): Promise<TokenCheckResult> {
    const result = await verifyToken(token, about, Date.now())
    if (!('principal' in result)) return result
    const limited = await this.#refuseCreation(result.principal)
    if (limited !== null) return { refused: limited }
    const { tables, env, name } = this.#here
    const principal = (await tables.admit?.(env, name, result.principal)) ?? result.principal
    return 'code' in principal ? { refused: principal } : { principal }
  }

  /** A socket that had connected without a token has sent one that was accepted. */
  #enter(socket: WebSocket, caller: IdentifiedCaller, held: (string | ArrayBuffer)[]): [CloseName, string] | null {
    const session = this.#session(caller)
    const refused = this.#join(caller, session, id => this.#entrance.sockets.adopt(id, socket))
    if (refused !== null) return [closeNames[refused.status], refused.message]
    for (const frame of held) this.#host.receive({ from: session.id, frame })
    return null
  }

  #join(caller: IdentifiedCaller, session: Session, accept: (id: SessionId) => void): ConnectRefusal | null {
    const host = this.#host
    const refused = host.connect(caller, session, accept)
    if (refused !== null) return refused
    const refreshed = this.#tables.kind.wakesAgents ? host.agents.refresh(session.startedAt) : null
    if (refreshed !== null) host.background.run(refreshed)
    return null
  }

  /** Runs one command without a socket, for HTTP. Null: the channel does not exist, and only a message creates it. */
  ask(caller: IdentifiedCaller, command: Command): CommandResult | null | Promise<CommandResult> {
    const creates = this.#tables.commands.get(command.type)?.creates === true
    if (this.#host.room === null) return creates && mayWrite(caller) ? this.#createAndAsk(caller, command) : null
    const answer = this.#allowanceAnswer(caller)
    return answer === null ? this.#ask(caller, command) : this.#askAfter(answer, caller, command)
  }

  async #createAndAsk(caller: IdentifiedCaller, command: Command): Promise<CommandResult> {
    const limited = await this.#refuseCreation(caller.principal)
    if (limited === null) return this.#ask(caller, command)
    const answer: CommandResponse = { type: 'error', data: limited, at: Date.now() }
    return { answer, epoch: '', head: 0, instance: '' }
  }

  /** A request can wait until its sender's allowance has come; a socket gets a refusal, and tries again. */
  async #askAfter(answer: Promise<void>, caller: IdentifiedCaller, command: Command): Promise<CommandResult> {
    let wait: Promise<void> | null = answer
    for (let draws = 0; wait !== null && draws < awaitedDraws; draws++) {
      await wait
      wait = this.#allowanceAnswer(caller)
    }
    return this.#ask(caller, command)
  }

  #allowanceAnswer({ principal }: IdentifiedCaller): Promise<void> | null {
    const allowances = this.#host.room?.context.components.find(Allowances) ?? null
    return allowances?.answer('bytes', principal.id, Date.now()) ?? null
  }

  #ask(caller: IdentifiedCaller, command: Command): CommandResult {
    const creates = this.#tables.commands.get(command.type)?.creates === true
    const now = Date.now()
    this.#host.meter.call(now, creates)
    const failed: CommandResponse = { type: 'error', data: commandFailure, at: now }
    const session = this.#session(caller, now)
    const run = (room: Room) => {
      const outcome = room.runCommand(session, command, now)
      return { result: responseOf(outcome) ?? failed, outcome }
    }
    const response = this.#host.runWithResult(failed, run, caller.region)
    if (command.type !== 'history') this.#recordToken(caller)
    const context = this.#host.room?.context // none if it was refused what would have created the channel
    const log = { epoch: context?.settings.epoch ?? '', head: context?.log.head ?? 0 }
    return { answer: response, ...log, instance: context?.instance ?? '' }
  }

  /** Logs an event of the circle's own protocol. */
  append(caller: IdentifiedCaller, entry: OwnEntry): OwnResult {
    const { own } = this.#tables
    if (own === undefined) return { refused: refusal('unknown_type', 'This channel has no protocol of its own.') }
    this.#host.meter.call(Date.now(), true)
    const append = (room: Room, now: number) => {
      const refused = room.refuseRequest(this.#session(caller, now), now)
      return refused === null ? own.append(room.context, entry, now) : { result: { refused }, outcome: nothing }
    }
    return this.#host.runWithResult<OwnResult>({ refused: commandFailure }, append, caller.region)
  }

  /** A request to the code of the circle itself. */
  async #answer(request: Request, caller: IdentifiedCaller): Promise<Response> {
    const { room } = this.#host
    const onRequest = this.#tables.own?.onRequest
    if (room === null || onRequest === undefined) return refusalOf(noSuchChannel(this.#channel))
    const now = Date.now()
    this.#host.meter.call(now)
    const session = this.#session(caller, now)
    const refused = room.refuseRequest(session, now)
    if (refused !== null) return refusalOf(refused)
    return answerBy(() => onRequest(room.context, withoutCaller(request), session.user), this.#host.metrics)
  }

  /** Stores the events that a program publishes; returns a result for each, in order. */
  publish(
    caller: IdentifiedCaller,
    publications: AnyPublication[],
  ): PublicationResult[] | Promise<PublicationResult[]> {
    if (this.#host.room !== null) return this.#publish(caller, publications)
    if (mayWrite(caller)) return this.#createAndPublish(caller, publications)
    const refused = noSuchChannel(`${this.#tables.kind.kind}:${caller.channel}`)
    return publications.map(({ id }) => ({ id, refused }))
  }

  async #createAndPublish(caller: IdentifiedCaller, publications: AnyPublication[]): Promise<PublicationResult[]> {
    const limited = await this.#refuseCreation(caller.principal)
    if (limited === null) return this.#publish(caller, publications)
    return publications.map(({ id }) => ({ id, refused: limited }))
  }

  #publish(caller: IdentifiedCaller, publications: AnyPublication[]): PublicationResult[] {
    this.#host.meter.call(Date.now(), true)
    const failed: PublicationResult[] = publications.map(({ id }) => ({ id, refused: commandFailure }))
    const results = this.#host.runWithResult(failed, (room, now) =>
      room.publish(this.#session(caller), publications, now),
    )
    this.#recordToken(caller)
    return results
  }

  /** Lists or changes the members. Null: the channel does not exist. */
  manage(caller: IdentifiedCaller, act: MemberAct): MembersResult | null {
    if (this.#host.room === null) return null
    this.#host.meter.call(Date.now())
    if (act.do !== 'list') this.#recordToken(caller)
    return this.#host.runWithResult<MembersResult>({ refused: commandFailure }, (room, now) =>
      room.manageMembers(this.#session(caller), act, now),
    )
  }

  /** Runs an admin request of the HTTP API. Null: the channel does not exist, and only `create` creates it. */
  serve<Name extends AdminRequestName>(
    caller: IdentifiedCaller,
    request: AdminRequestOf<Name>,
  ): Promise<AdminResult<Name> | null>
  async serve(sender: IdentifiedCaller, request: AdminRequest): Promise<AdminResult | null> {
    if (this.#host.room === null && !mayCreate(request, sender)) return null
    const caller = await withRights(this.#here, sender)
    if ('code' in caller) return { refused: caller }
    const limited = await this.#refuseCreation(caller.principal)
    if (limited !== null) return { refused: limited }
    this.#host.meter.call(Date.now())
    const directory = (): DirectoryUpdates | null => this.#host.room?.context.components.find(DirectoryUpdates) ?? null
    const before = directory()
    const result = this.#host.runWithResult<AdminResult>({ refused: commandFailure }, (room, now) =>
      room.handleAdmin(this.#session(caller), request, now),
    )
    await (directory() ?? before)?.settled
    return result
  }

  /** Revokes a user's tokens issued until `before` (ms): closes the sessions that use them. */
  revoke(user: string, before: number): boolean {
    this.#host.meter.call(Date.now())
    this.#host.tokens.revoke(user, before)
    this.#host.runIfExists((room, now) => room.revokeTokens(user, before, now))
    return (this.#host.room?.context.presence.sessionsOf(user).size ?? 0) > 0
  }

  /** Logs what this channel's agent is doing in a circle. */
  report(data: EventData<'agent_activity'>): void {
    this.#host.meter.call(Date.now(), true)
    this.#host.run((room, now) => room.recordActivity(data, now))
  }

  /** An agent that connects is there: turns that wait for it are due. */
  agentConnected(agent: string): void {
    this.#host.runIfExists((room, now) => room.agentConnected(agent, now))
  }

  /** Stores a digest of what changed in a linked workspace. Null: this channel does not exist, or is not linked. */
  hearDigest(digest: Digest): DigestReceipt {
    this.#host.meter.call(Date.now(), true)
    if (this.#host.room === null) return null
    return this.#host.runWithResult<DigestReceipt>('failed', (room, now) => room.receiveDigest(digest, now))
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    if (this.#entrance.sockets.idOf(socket) === null && this.#unidentified.has(socket)) {
      this.#unidentified.receive(socket, frame)
      return
    }
    this.#host.meter.message(frame, Date.now())
    const from = this.#host.sockets.idOf(socket)
    if (from !== null) this.#host.receive({ from, frame })
    else this.#host.relays?.receive(socket, frame)
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    if (this.#unidentified.has(socket)) {
      this.#unidentified.closed(socket)
      answerClose(socket, code, reason)
      return
    }
    const id = this.#host.sockets.idOf(socket)
    if (id === null) closedAsleep(this.#host, socket, Date.now())
    else this.#host.meter.closed(null, Date.now())
    this.#host.sockets.answerClose(socket, code, reason)
    if (id !== null) this.#host.socketsClosed([id], code)
    else this.#host.relays?.closed(socket)
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006, '')
  }

  /** Never throws: the platform drops an alarm after six failures, and everything that is due would be lost. */
  override alarm(): void {
    this.#host.alarm()
  }

  /** The reason why a user may not create this channel, or null: it exists, or they may, or their rights forbid it. */
  async #refuseCreation(principal: Principal): Promise<Refusal | null> {
    if (this.#host.room !== null || !atLeast(principal.role, 'member')) return null
    return refuseCreation(this.env, this.#channel, principal)
  }

  get #channel(): ChannelName {
    return `${this.#tables.kind.kind}:${this.ctx.id.name ?? ''}`
  }

  #session({ dialect, agent, principal, request, signals, relay }: IdentifiedCaller, now = Date.now()): Session {
    const optional = { ...(request !== undefined && { request }), ...(signals && { signals }), ...(relay && { relay }) }
    const parts = { id: crypto.randomUUID(), dialect, agent, principal, ...optional }
    return newSession(parts, fullBucket(this.#entrance.limits, now), now)
  }

  /** Records that a token was used to write here: if it is revoked, what its user has planned here must end, too. */
  #recordToken({ principal }: IdentifiedCaller): void {
    const { room, background } = this.#host
    if (room !== null) background.run(this.#entrance.tokens.refusalOf(principal).then(() => {}))
  }

  #logFault(error: unknown, channel: ChannelName): void {
    createLogger(this.env.LOG, console)(faultRecord('room', error, { channel }), Date.now())
  }
}

/** A Durable Object class of channels, which the platform constructs. */
export type ChannelObjectClass = new (state: DurableObjectState, env: Env) => ChannelObjectBase

/**
 * The Durable Object class of one kind of channel. Each kind has a class and a namespace of its own. `placement`: that of
 * the Worker, since channels call each other.
 */
export function channelObject(tables: KindTables, placement: Placement = {}): ChannelObjectClass {
  const place = placer(placement)
  return class extends ChannelObjectBase {
    constructor(state: DurableObjectState, env: Env) {
      super(state, place(tables.resolveEnv?.(env, state) ?? env), tables)
    }
  }
}
