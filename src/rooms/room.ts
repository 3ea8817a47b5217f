import type { TurnOutcome, TurnProgress } from '../agents/run-turn.ts'
import { migrate } from '../lib/migrations.ts'
import type { MemberAct } from '../protocol/commands/member-schema.ts'
import type { AnyPublication, PublicationResult } from '../protocol/commands/publish-schema.ts'
import { readCommandId, readCommandType } from '../protocol/dialects/command-id.ts'
import { dialects } from '../protocol/dialects/index.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { EventData } from '../protocol/events/events.ts'
import { atLeast } from '../protocol/roles.ts'
import { fits } from '../protocol/text.ts'
import type { AdminRequest, AdminResult, Digest, DigestReceipt, MembersResult } from '../rpc/channel.ts'
import { handleAdmin } from './admin/index.ts'
import { type CommandTable, type Invocation, mergeCommands } from './commands/command.ts'
import { NewIds } from './commands/new-ids.ts'
import { publishEvents } from './commands/publish-events.ts'
import { createRoomContext, type RoomContext } from './context.ts'
import type { RoomDeps } from './deps.ts'
import { refuseWriting } from './hooks.ts'
import { migrateComponents } from './log/migrate-components.ts'
import { canResume, type Resume } from './log/replay.ts'
import { schema } from './log/schema.ts'
import { manageMembers } from './members/manage-members.ts'
import { Allowances, refuseOverAllowance } from './metering/allowances.ts'
import { receiveDigest } from './outbound/digests/receive.ts'
import { ephemeralTo, nothing, type Outcome, outcome, refusal, refuse, sequence } from './outcome.ts'
import { type ConnectRefusal, hasBegun, refuseConnect, sessionsWithToken } from './sessions/access.ts'
import { type Attachment, fromAttachment, toAttachment } from './sessions/attachment.ts'
import { reauthenticate, type TokenCheckResult } from './sessions/authenticate.ts'
import type { IdentifiedCaller } from './sessions/caller-context.ts'
import { checkAccess, checkRequest, limitRate } from './sessions/check-access.ts'
import { readEphemeral } from './sessions/ephemeral-queue.ts'
import { closeSession, removeSession } from './sessions/lifecycle.ts'
import { checkFrame, type FrameVerdict, refuseBurst } from './sessions/rate-limit.ts'
import type { Session, SessionId } from './sessions/session.ts'
import { welcomeOf } from './sessions/welcome.ts'
import type { RoomTables } from './tables.ts'
import { recordActivity } from './turns/activity.ts'

const lastFrames = 128 // a user may overdraw the rate limit by, when a connection ends while they wait
const seenPauseMs = 60_000 // how stale a session's last sign of life may be in its attachment

/** Opens a room on its storage, with the sessions of the sockets that outlived the last instance. */
export function createRoom(tables: RoomTables, deps: RoomDeps, attachments: readonly Attachment[]): Room {
  return new Room(tables, deps, attachments)
}

/**
 * The behaviour of a channel: input and time in, storage written, an outcome returned. It owns no socket, no clock and
 * no timer, and whatever matters is in SQLite or in a session's attachment: it may be opened again at any instant.
 */
export class Room {
  readonly context: RoomContext
  readonly #commands: CommandTable

  constructor(tables: RoomTables, deps: RoomDeps, attachments: readonly Attachment[]) {
    this.#commands = mergeCommands(tables.commands, ...tables.components.map(({ commands }) => commands ?? new Map()))
    migrate(deps.sql, schema)
    migrateComponents(deps.sql, tables.components)
    const snapshots = attachments.flatMap(({ notes }) => notes ?? [])
    this.context = createRoomContext(
      { ...tables, ...deps },
      {
        snapshots,
        end: (session, reason, now) => closeSession(this.context, session, reason, now),
        receive: (session, frame, now) => this.#act(session, checkFrame(this.context, session, frame, now), now),
        runEphemeral: (session, command, now) => this.#run(session, command, now),
      },
    )
    for (const attachment of attachments) this.#restore(fromAttachment(attachment))
    this.context.timeouts.recount()
    for (const { name, create } of tables.components) {
      this.context.components.add(changed => create(this.context, changed), name)
    }
  }

  /** The reason this connect request is refused, or null. Consumes its ticket. */
  refuseConnect(caller: IdentifiedCaller, now: number): ConnectRefusal | null {
    return refuseConnect(this.context, caller, now)
  }

  /** Has anything happened here that must be kept: an event, a creator, somebody who is connected? */
  get hasBegun(): boolean {
    return hasBegun(this.context)
  }

  /** A socket opened. */
  connect(session: Session, resume: Resume | null, now: number): Outcome {
    this.context.sessions.set(session.id, session)
    this.context.touched.add(session)
    return this.#enter(session, resume, now)
  }

  /** Frames arrived together: what each would ask of the storage is asked at once. `receive` follows, for each of them. */
  expect(frames: readonly { from: SessionId; frame: string | ArrayBuffer }[]): Outcome {
    const { hooks, sessions } = this.context
    if (hooks.beforeStore.length === 0) return nothing // the index rejects a repeated id when it is stored
    const expected = frames.flatMap(({ from, frame }) => {
      const session = sessions.get(from)
      return session === undefined || typeof frame !== 'string' ? [] : [{ user: session.user.id, frame }]
    })
    this.context.newIds = new NewIds(this.context.sql, expected)
    return nothing
  }

  /** A frame arrived. Its size and rate are checked before it is decoded. */
  receive(sessionId: SessionId, frame: string | ArrayBuffer, now: number): Outcome {
    const session = this.context.sessions.get(sessionId)
    if (session === undefined) return nothing
    session.frames += 1
    if (now >= session.seenAt + seenPauseMs) {
      session.seenAt = now
      this.context.touched.add(session)
    }
    const isEphemeral = typeof frame === 'string' && this.#looksEphemeral(session, frame)
    const ephemeral = isEphemeral ? readEphemeral(session, frame, this.#commands) : null
    if (ephemeral !== null) return this.context.ephemeralQueue.push(session, ephemeral, now)
    const waits = typeof frame === 'string' && dialects[session.dialect].queuesBursts
    switch (waits ? this.context.bursts.hold(session, frame, now) : 'pass') {
      case 'held':
        return nothing
      case 'full':
        return this.#act(session, refuseBurst(this.context, session, frame as string, now), now)
      default:
        return this.#act(session, withId(checkFrame(this.context, session, frame, now), session, frame), now)
    }
  }

  /** Does this frame seem to have an ephemeral command? They have a rate limit of their own. */
  #looksEphemeral({ dialect }: Session, frame: string): boolean {
    const type = dialects[dialect].receivesEphemeral ? readCommandType(frame) : null
    return type !== null && this.#commands.get(type)?.coalesceKey !== undefined
  }

  /** Acts on a frame that was checked. */
  #act(session: Session, verdict: FrameVerdict, now: number): Outcome {
    if ('close' in verdict) return this.#end(session, verdict.close, now)
    if ('refused' in verdict) return this.#refuseFrame(session, verdict, now)
    if ('bytes' in verdict) return this.#receiveBytes(session, verdict.bytes, now)
    const decoded = dialects[session.dialect].decode(verdict.text, this.#commands)
    if ('nothing' in decoded) return nothing
    if ('refusal' in decoded) return refuse(decoded.id, decoded.refusal, now)
    return this.#run(
      session,
      decoded.origin === undefined ? decoded.command : { ...decoded.command, origin: decoded.origin },
      now,
    )
  }

  #refuseFrame(
    session: Session,
    { refused, id = null }: Extract<FrameVerdict, { refused: unknown }>,
    now: number,
  ): Outcome {
    const sent =
      this.context.kind.frames === 'binary' ? this.context.components.onRefusedBinary(session, refused, now) : null
    return sent ?? refuse(id, refused, now)
  }

  /** A command without a socket: a session of one command, with the same access and rate limits. */
  runCommand(session: Session, command: Invocation<unknown>, now: number): Outcome {
    const refused = checkRequest(this.context, session, {}, now)
    return refused === null ? this.#run(session, command, now) : refuse(command.id, refused, now)
  }

  /** The reason a request without a socket is refused, or null: it may go on. It counts towards the sender's rate. */
  refuseRequest(session: Session, now: number): Refusal | null {
    return checkRequest(this.context, session, {}, now)
  }

  /** Lists or changes members; a change is in force at once, also for open sockets. */
  manageMembers(session: Session, act: MemberAct, now: number): { result: MembersResult; outcome: Outcome } {
    const refused = checkRequest(this.context, session, { isInvited: act.do === 'join' }, now)
    if (refused !== null) return { result: { refused }, outcome: nothing }
    const manage = () => manageMembers(this.context, session, act, now)
    return this.#charged(session, () => this.#finishWith(manage(), now), now)
  }

  /** Stores events that a program publishes. */
  publish(
    session: Session,
    publications: readonly AnyPublication[],
    now: number,
  ): { result: PublicationResult[]; outcome: Outcome } {
    const refused = checkRequest(this.context, session, {}, now)
    if (refused !== null) return { result: publications.map(({ id }) => ({ id, refused })), outcome: nothing }
    const publish = () => publishEvents(this.context, session, publications, now)
    return this.#charged(session, () => this.#finishWith(publish(), now), now)
  }

  /** Carries out a request of the HTTP API that is no command. */
  handleAdmin(session: Session, request: AdminRequest, now: number): { result: AdminResult; outcome: Outcome } {
    const isInvited = request.do === 'component' && request.admits === true
    const refused = checkRequest(this.context, session, { isInvited }, now)
    if (refused !== null) return { result: { refused }, outcome: nothing }
    const handle = () => handleAdmin(this.context, session, request, now)
    return this.#charged(session, () => this.#finishWith<AdminResult>(handle(), now), now)
  }

  /** Stores what changed in a linked workspace. */
  receiveDigest(digest: Digest, now: number): { result: DigestReceipt; outcome: Outcome } {
    if (limitRate(this.context, `workspace:${digest.workspace}`, now) !== null)
      return { result: 'failed', outcome: nothing }
    return this.#finishWith(receiveDigest(this.context, digest, now), now)
  }

  /** Stores in an agent's own channel what the agent does in some circle. */
  recordActivity(data: EventData<'agent_activity'>, now: number): Outcome {
    if (limitRate(this.context, `turn:${data.turn}`, now) !== null) return nothing
    return this.#finish(recordActivity(this.context, data, now), now)
  }

  /** The result of a `verifyToken` effect. */
  tokenVerified(
    sessionId: SessionId,
    { id, result }: { id: string | null; result: TokenCheckResult },
    now: number,
  ): Outcome {
    const session = this.context.sessions.get(sessionId)
    if (session === undefined) return nothing
    return this.#finish(reauthenticate(this.context, session, { id, result }, now), now)
  }

  /** An agent that connects is there: its queued turns are due. */
  agentConnected(agent: string, now: number): Outcome {
    this.context.turns.queue.hasten(agent, now)
    return this.#finish(nothing, now)
  }

  /** A connection is gone. A second call for it does nothing. */
  disconnect(sessionId: SessionId, now: number): Outcome {
    const session = this.context.sessions.get(sessionId)
    const rest = session && this.context.bursts.take(session).map(frame => this.#receiveLast(session, frame, now))
    return rest ? this.#finish(sequence(...rest, removeSession(this.context, session, now)), now) : nothing
  }

  /** A session is gone whose end woke the object: it was not restored, so only components that kept something of it care. */
  leftAsleep(session: Session, now: number): Outcome {
    return this.#finish(this.context.components.onLeave(session, now), now)
  }

  /** Tokens of this user that were issued until `before` (ms) do not count any more. */
  revokeTokens(user: string, before: number, now: number): Outcome {
    const { members, invitations } = this.context
    members.rememberToken(user, 'revoked')
    invitations.removeOf(user)
    const ended = sessionsWithToken(this.context, user, before).map(session =>
      closeSession(this.context, session, ['expired', 'the token was revoked'], now),
    )
    return this.#finish(sequence(...ended), now)
  }

  /** An agent made progress. */
  turnProgressed(turn: { id: string; attempt: number }, part: TurnProgress, now: number): Outcome {
    return this.context.turns.onPart(turn.id, turn.attempt, part, now)
  }

  /** A call of an agent ended. */
  turnEnded(turn: { id: string; attempt: number }, result: TurnOutcome, now: number): Outcome {
    return this.context.turns.onEnd(turn.id, turn.attempt, result, now)
  }

  /** Runs code on the parts of the room, for components and for results that arrive later. */
  run(act: (context: RoomContext, now: number) => Outcome, now: number): Outcome {
    return this.#finish(act(this.context, now), now)
  }

  /** When the alarm must fire next (ms), or null. */
  nextAlarm(): number | null {
    return this.context.components.nextAlarm()
  }

  /** Does what is due: dead sockets, ended tokens, turns, digests, webhooks, old events. */
  alarm(now: number): Outcome {
    return this.#finish(this.context.components.onAlarm(now), now)
  }

  /** When the timer must fire next (ms), or null. Nothing durable waits for it. */
  nextTick(): number | null {
    return this.context.components.nextTick()
  }

  /** Does what is due: presence, typing, deltas, replays. */
  tick(now: number): Outcome {
    return this.#finish(this.context.components.onTick(now), now)
  }

  /** What components do at the end of a run, before its frames are sent. */
  beforeSend(now: number): Outcome {
    return this.context.components.beforeSend(now)
  }

  /** Runs the components' work that follows the sending of a run's frames. */
  afterRun(now: number): Outcome {
    this.context.newIds = null
    return this.context.components.afterRun(now)
  }

  /** The attachments to store. The oldest socket also stores the snapshots of the whole room. */
  sessionsToStore(now: number): [SessionId, Attachment][] {
    const { sessions, touched, meter, log, ephemeral } = this.context
    const oldest = sessions.values().next().value
    const { snapshot, isNew } = ephemeral.snapshot()
    if (oldest !== undefined && (isNew || meter.wantsPersist(now))) touched.add(oldest)
    const attachments = [...touched].map((session): [SessionId, Attachment] => [
      session.id,
      toAttachment(session, session === oldest ? { notes: snapshot, ledger: meter.ledger(now, log.head) } : {}),
    ])
    touched.clear()
    return attachments
  }

  /** A frame that waited for the rate limit when its connection ended: the user's later frames wait for it. */
  #receiveLast(session: Session, frame: string, now: number): Outcome {
    const { rateLimiter } = this.context
    return rateLimiter.take(session.user.id, now, lastFrames) > 0 ? nothing : this.#act(session, { text: frame }, now)
  }

  #restore(session: Session): void {
    const { sessions, presence, replays } = this.context
    sessions.set(session.id, session)
    presence.restore(session)
    replays.restore(session)
  }

  #enter(session: Session, resume: Resume | null, now: number): Outcome {
    const { presence, timeouts, log, settings, replays, components } = this.context
    checkAccess(this.context, session)
    presence.join(session)
    timeouts.add(session)
    const { greets } = dialects[session.dialect]
    const recovered = resume === null ? null : canResume(resume, log, settings)
    const welcome = greets
      ? outcome({ ephemeral: [ephemeralTo(session, 'welcome', welcomeOf(this.context, session, recovered), now)] })
      : nothing
    const replay =
      greets && resume !== null && recovered && !resume.isServed ? replays.begin(session, resume.since, now) : nothing
    const joined = components.onJoin(session, now)
    if ('refused' in joined) return this.#end(session, ['forbidden', closeReason(joined.refused)], now)
    return this.#finish(sequence(welcome, replay, joined), now, session)
  }

  #run(session: Session, command: Invocation<unknown>, now: number): Outcome {
    const definition = this.#commands.get(command.type)
    if (definition === undefined) {
      return refuse(command.id, refusal('unknown_type', 'There is no such command.'), now)
    }
    const refused = definition.writes === true ? this.#refuseWrite(session, now) : null
    if (refused !== null) return refuse(command.id, refused, now)
    if (definition.role !== undefined && !atLeast(session.user.role, definition.role)) {
      return refuse(command.id, refusal('forbidden', `This needs the role ${definition.role}.`), now)
    }
    return this.#charged(session, () => this.#finish(definition.run(this.context, session, command, now), now), now)
  }

  #receiveBytes(session: Session, bytes: ArrayBuffer, now: number): Outcome {
    const done = this.context.components.onBinary(session, bytes, now)
    if (done === null) throw new Error(`expected a component that takes binary frames in a ${this.context.kind.kind}`)
    return this.#finish(done, now)
  }

  /** The reason a user may not store anything now: their rights, or how much they have stored. Null: none. */
  #refuseWrite(session: Session, now: number) {
    return refuseWriting(this.context, session) ?? refuseOverAllowance(this.context, session, now)
  }

  /** Runs what a user asked for, and charges them the bytes that it stores. */
  #charged<Result>(session: Session, run: () => Result, now: number): Result {
    const { log, components } = this.context
    const before = log.appendedBytes
    const result = run()
    const bytes = log.appendedBytes - before
    if (bytes > 0) components.find(Allowances)?.use('bytes', session.user.id, bytes, now)
    return result
  }

  /** Adds the presence and typing frames that are due. */
  #finish(result: Outcome, now: number, newcomer?: Session): Outcome {
    const { ephemeral } = this.context
    return ephemeral.isDirty ? sequence(result, ephemeral.flush(now, newcomer)) : result
  }

  #finishWith<Result>(done: { result: Result; outcome: Outcome }, now: number): { result: Result; outcome: Outcome } {
    return { result: done.result, outcome: this.#finish(done.outcome, now) }
  }

  #end(session: Session, reason: Parameters<typeof closeSession>[2], now: number): Outcome {
    return this.#finish(closeSession(this.context, session, reason, now), now)
  }
}

/** A refusal as the reason of a Close frame, which has at most 123 bytes. */
function closeReason({ code, message }: Refusal): string {
  return fits(message, 123) ? message : code
}

/** Adds the id of the command to the refusal of an unread frame. Only dialects that greet have commands with ids. */
function withId(verdict: FrameVerdict, { dialect }: Session, frame: string | ArrayBuffer): FrameVerdict {
  if (!('refused' in verdict) || typeof frame !== 'string' || !dialects[dialect].greets) return verdict
  return { ...verdict, id: readCommandId(frame) }
}
