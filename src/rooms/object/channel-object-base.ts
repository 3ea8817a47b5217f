import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../../env.ts'
import type { Command } from '../../protocol/commands.ts'
import type { EventData } from '../../protocol/events.ts'
import type { MemberAct } from '../../protocol/member-schema.ts'
import type { AnyPublication, PublicationResult } from '../../protocol/publish-schema.ts'
import { subprotocol } from '../../protocol/version.ts'
import type { AdminRequest, AdminResult } from '../admin/admin.ts'
import type { ChannelKindConfig } from '../channel-kinds.ts'
import { type CommandOutput, type CommandResult, commandFailure, replyIn } from '../commands/response.ts'
import { refusal } from '../effects.ts'
import type { MembersResult } from '../members/manage-members.ts'
import type { Digest } from '../outbound/digests/format.ts'
import { type DigestReceipt, receiveDigest } from '../outbound/digests/receive.ts'
import type { Room } from '../room.ts'
import { type CallerContext, callerHeader, readCaller } from '../sessions/caller-context.ts'
import { fullBucket } from '../sessions/frame-check.ts'
import { newSession, type Session } from '../sessions/session.ts'
import { tokenRevoked } from '../sessions/token-cache.ts'
import { recordActivity } from '../turns/activity.ts'
import { RoomHost } from './room-host.ts'

/** The Durable Object of a channel: what the platform and the Worker call. Decides nothing; its host lets the room act. */
export class ChannelObjectBase extends DurableObject<Env> {
  readonly #channel: ChannelKindConfig
  readonly #host: RoomHost

  constructor(context: DurableObjectState, env: Env, channel: ChannelKindConfig) {
    super(context, env)
    this.#channel = channel
    context.setWebSocketAutoResponse(new WebSocketRequestResponsePair('{"type":"ping"}', '{"type":"pong","data":{}}'))
    this.#host = new RoomHost(context, env, channel)
  }

  /** An upgrade that the Worker has authenticated. */
  override async fetch(request: Request): Promise<Response> {
    const visit = readCaller(request.headers.get(callerHeader))
    const host = this.#host
    host.meter.call(Date.now())
    let isGood = await host.passes.isValid(visit.principal)
    const turn = isGood ? host.turnstile.enter(Date.now()) : null
    if (turn !== null) {
      await turn
      isGood = await host.passes.isValid(visit.principal) // known by now, unless it was revoked while we waited
    }
    const now = Date.now()
    const refused = isGood ? host.open().refusalOf(visit, now) : tokenRevoked
    if (refused !== null) return Response.json({ error: { code: refused.code, message: refused.message } }, refused)
    const { 0: client, 1: server } = new WebSocketPair()
    const session = this.#session(visit, now)
    host.sockets.accept(session.id, server)
    host.meter.upgrade(host.open().context.sessions.size + 1)
    const resume = visit.since === null ? null : { since: visit.since, epoch: visit.epoch }
    host.witness.opened(session, resume !== null)
    host.run(room => room.connect(session, resume, now))
    const asked = this.#channel.wakesAgents ? host.agents.refresh(now) : null
    if (asked !== null) host.errands.waitUntil(asked)
    const named: HeadersInit = visit.request === undefined ? {} : { 'x-request-id': visit.request }
    const spoken: HeadersInit = visit.dialect === 'native' ? { 'Sec-WebSocket-Protocol': subprotocol } : {}
    return new Response(null, { status: 101, webSocket: client, headers: { ...named, ...spoken } })
  }

  /** One command without a socket, for HTTP. Null: there is no such channel, and asking does not make one. */
  ask(caller: CallerContext, command: Command): CommandResult | null {
    const begins = command.type === 'message'
    if (this.#host.room === null && !begins) return null
    const now = Date.now()
    this.#host.meter.call(now, begins)
    const failed: CommandOutput = { type: 'error', data: commandFailure, at: now }
    const session = this.#session(caller, now)
    const answer = this.#host.runWithResult(failed, room => {
      const effects = room.request(session, command, now)
      return { result: replyIn(effects, session) ?? failed, effects }
    })
    const { log, settings, instance } = this.#host.open().context
    return { answer, epoch: settings.epoch, head: log.head, instance }
  }

  /** Events that programs tell of, for the event bus: a result for each, in their order. */
  publish(caller: CallerContext, publications: AnyPublication[]): PublicationResult[] {
    this.#host.meter.call(Date.now(), true)
    const failed: PublicationResult[] = publications.map(({ id }) => ({ id, refused: commandFailure }))
    return this.#host.runWithResult(failed, room => room.publish(this.#session(caller), publications, Date.now()))
  }

  /** Somebody asks over HTTP who may be here, or changes it. Null: there is no such channel. */
  manage(caller: CallerContext, act: MemberAct): MembersResult | null {
    if (this.#host.room === null) return null
    this.#host.meter.call(Date.now())
    return this.#host.runWithResult<MembersResult>({ refused: commandFailure }, room =>
      room.manage(this.#session(caller), act, Date.now()),
    )
  }

  /** What HTTP asks for besides commands. Null: there is no such channel, and only `create` makes one. */
  async serve(caller: CallerContext, service: AdminRequest): Promise<AdminResult | null> {
    const creates = service.do === 'create'
    if (this.#host.room === null && !creates) return null
    if (this.#host.room !== null && creates) return { refused: refusal('conflict', 'there is a circle of this name') }
    this.#host.meter.call(Date.now())
    const act = (room: Room) => room.serve(this.#session(caller), service, Date.now())
    const served = this.#host.runWithResult<AdminResult>({ refused: commandFailure }, act)
    await this.#host.enlister.settled
    return served
  }

  /** A user's tokens that were issued until `before` (ms) count no more. */
  revoke(user: string, before: number): void {
    this.#host.meter.call(Date.now())
    this.#host.passes.revoke(user, before)
    this.#host.runIfExists(room => room.revoke(user, before, Date.now()))
  }

  /** A circle says what the agent of this channel is doing there. */
  report(data: EventData<'agent_activity'>): void {
    this.#host.meter.call(Date.now(), true)
    this.#host.run(room => recordActivity(room.context, data, Date.now()))
  }

  /** A workspace says what changed in it; null: nobody here wants to hear it. */
  hearDigest(digest: Digest): DigestReceipt {
    this.#host.meter.call(Date.now(), true)
    return this.#host.room === null
      ? null
      : this.#host.runWithResult('failed', room => receiveDigest(room.context, digest, Date.now()))
  }

  override webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): void {
    this.#host.meter.message(frame, Date.now())
    const from = this.#host.sockets.idOf(socket)
    if (from !== null) this.#host.receive({ from, frame })
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    const id = this.#host.sockets.idOf(socket)
    // What lies on a socket that we know was read when we woke; one whose end wakes us is not among those.
    this.#host.meter.closed(id === null ? this.#host.sockets.ledgerOn(socket) : null, Date.now())
    this.#host.sockets.answerClose(socket, code, reason)
    if (id !== null) this.#host.socketClosed(id, code)
  }

  override webSocketError(socket: WebSocket): void {
    this.webSocketClose(socket, 1006, '')
  }

  /** Never throws: an alarm that does is given up after six tries, and with it everything the room owes. */
  override alarm(): void {
    this.#host.alarm()
  }

  #session(caller: CallerContext, now = Date.now()): Session {
    const { dialect, agent, principal, request } = caller
    const given = { id: crypto.randomUUID(), dialect, agent, principal, ...(request !== undefined && { request }) }
    return newSession(given, fullBucket(this.#host.limits, now), now)
  }
}
