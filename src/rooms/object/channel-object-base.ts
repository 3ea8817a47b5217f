import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../../env.ts'
import type { Command } from '../../protocol/commands/commands.ts'
import type { MemberAct } from '../../protocol/commands/member-schema.ts'
import type { AnyPublication, PublicationResult } from '../../protocol/commands/publish-schema.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { EventData } from '../../protocol/events/events.ts'
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
} from '../../rpc/channel.ts'
import { commandFailure } from '../commands/response.ts'
import { DirectoryUpdates } from '../outbound/directory.ts'
import { refusal, responseOf } from '../outcome.ts'
import { callerHeader, readCaller } from '../sessions/caller-context.ts'
import { fullBucket } from '../sessions/rate-limit.ts'
import { newSession, type Session } from '../sessions/session.ts'
import { tokenRevoked } from '../sessions/token-cache.ts'
import { type KindTables, RoomHost } from './room-host.ts'

/** The Durable Object of a channel, called by the platform and the Worker. Its host runs the room. */
export class ChannelObjectBase extends DurableObject<Env> implements ChannelRpc {
  readonly #tables: KindTables
  readonly #host: RoomHost

  constructor(state: DurableObjectState, env: Env, tables: KindTables) {
    super(state, env)
    this.#tables = tables
    state.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong","data":{}}'))
    this.#host = new RoomHost(state, env, tables)
  }

  /** An upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const caller = readCaller(request.headers.get(callerHeader))
    const host = this.#host
    host.meter.call(Date.now())
    let isValid = await host.tokens.isValid(caller.principal)
    const turn = isValid ? host.connects.enter(Date.now()) : null
    if (turn !== null) {
      await turn
      isValid = await host.tokens.isValid(caller.principal) // known by now, unless it was revoked meanwhile
    }
    const now = Date.now()
    const refused = isValid ? host.open().refuseConnect(caller, now) : tokenRevoked
    if (refused !== null) return Response.json({ error: { code: refused.code, message: refused.message } }, refused)
    const { 0: client, 1: server } = new WebSocketPair()
    const session = this.#session(caller, now)
    host.sockets.accept(session.id, server)
    host.meter.upgrade(host.open().context.sessions.size + 1)
    const resume = caller.since === null ? null : { since: caller.since, epoch: caller.epoch }
    host.metrics.opened(session, resume !== null)
    host.run(room => room.connect(session, resume, now))
    const refreshed = this.#tables.kind.wakesAgents ? host.agents.refresh(now) : null
    if (refreshed !== null) host.background.run(refreshed)
    return new Response(null, { status: 101, webSocket: client, headers: headersOf(caller) })
  }

  /** Runs one command without a socket, for HTTP. Null: the channel does not exist, and only a message creates it. */
  ask(caller: CallerContext, command: Command): CommandResult | null {
    const creates = command.type === 'message'
    if (this.#host.room === null && !creates) return null
    const now = Date.now()
    this.#host.meter.call(now, creates)
    const failed: CommandResponse = { type: 'error', data: commandFailure, at: now }
    const session = this.#session(caller, now)
    const response = this.#host.runWithResult(failed, room => {
      const outcome = room.runCommand(session, command, now)
      return { result: responseOf(outcome) ?? failed, outcome }
    })
    const { log, settings, instance } = this.#host.open().context
    return { answer: response, epoch: settings.epoch, head: log.head, instance }
  }

  /** Stores the events that a program publishes; returns a result for each, in order. */
  publish(caller: CallerContext, publications: AnyPublication[]): PublicationResult[] {
    this.#host.meter.call(Date.now(), true)
    const failed: PublicationResult[] = publications.map(({ id }) => ({ id, refused: commandFailure }))
    return this.#host.runWithResult(failed, (room, now) => room.publish(this.#session(caller), publications, now))
  }

  /** Lists or changes the members. Null: the channel does not exist. */
  manage(caller: CallerContext, act: MemberAct): MembersResult | null {
    if (this.#host.room === null) return null
    this.#host.meter.call(Date.now())
    return this.#host.runWithResult<MembersResult>({ refused: commandFailure }, (room, now) =>
      room.manageMembers(this.#session(caller), act, now),
    )
  }

  /** Runs an admin request of the HTTP API. Null: the channel does not exist, and only `create` creates it. */
  serve<Name extends AdminRequestName>(
    caller: CallerContext,
    request: AdminRequestOf<Name>,
  ): Promise<AdminResult<Name> | null>
  async serve(caller: CallerContext, request: AdminRequest): Promise<AdminResult | null> {
    const creates = request.do === 'create'
    if (this.#host.room === null && !creates) return null
    if (this.#host.room !== null && creates) return { refused: refusal('conflict', 'there is a circle of this name') }
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
  revoke(user: string, before: number): void {
    this.#host.meter.call(Date.now())
    this.#host.tokens.revoke(user, before)
    this.#host.runIfExists((room, now) => room.revokeTokens(user, before, now))
  }

  /** Logs what this channel's agent is doing in a circle. */
  report(data: EventData<'agent_activity'>): void {
    this.#host.meter.call(Date.now(), true)
    this.#host.run((room, now) => room.recordActivity(data, now))
  }

  /** Stores a digest of what changed in a linked workspace. Null: this channel does not exist, or is not linked. */
  hearDigest(digest: Digest): DigestReceipt {
    this.#host.meter.call(Date.now(), true)
    if (this.#host.room === null) return null
    return this.#host.runWithResult<DigestReceipt>('failed', (room, now) => room.receiveDigest(digest, now))
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    this.#host.meter.message(frame, Date.now())
    const from = this.#host.sockets.idOf(socket)
    if (from !== null) this.#host.receive({ from, frame })
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    const id = this.#host.sockets.idOf(socket)
    // The attachments of known sockets were read when the object woke; a socket whose end woke it is not among them.
    this.#host.meter.closed(id === null ? this.#host.sockets.ledgerOn(socket) : null, Date.now())
    this.#host.sockets.answerClose(socket, code, reason)
    if (id !== null) this.#host.socketClosed(id, code)
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006, '')
  }

  /** Never throws: the platform drops an alarm after six failures, and everything that is due would be lost. */
  override alarm(): void {
    this.#host.alarm()
  }

  #session({ dialect, agent, principal, request }: CallerContext, now = Date.now()): Session {
    const parts = { id: crypto.randomUUID(), dialect, agent, principal, ...(request !== undefined && { request }) }
    return newSession(parts, fullBucket(this.#host.limits, now), now)
  }
}

function headersOf({ request, dialect }: CallerContext): HeadersInit {
  const { subprotocol } = dialects[dialect]
  return {
    ...(request !== undefined && { 'x-request-id': request }),
    ...(subprotocol !== null && { 'Sec-WebSocket-Protocol': subprotocol }),
  }
}

/** The Durable Object class of one kind of channel. Each kind has a class and a namespace of its own. */
export function channelObject(tables: KindTables) {
  return class extends ChannelObjectBase {
    constructor(state: DurableObjectState, env: Env) {
      super(state, env, tables)
    }
  }
}
