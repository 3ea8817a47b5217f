import type { TurnOutcome, TurnProgress } from '../agents/run-turn.ts'
import { minDefined } from '../lib/earliest.ts'
import { migrate } from '../lib/migrations.ts'
import type { CloseName } from '../protocol/close-codes.ts'
import type { Command } from '../protocol/commands.ts'
import type { Decoded } from '../protocol/dialects/dialect.ts'
import { dialects } from '../protocol/dialects/index.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Origin } from '../protocol/events.ts'
import type { MemberAct } from '../protocol/member-schema.ts'
import type { AnyPublication } from '../protocol/publish-schema.ts'
import type { AdminRequest, AdminResult } from './admin/admin.ts'
import { handleAdmin } from './admin/handle-admin.ts'
import { dispatch } from './commands/dispatch.ts'
import { publish } from './commands/publish-events.ts'
import type { RoomContext, RoomDeps } from './context.ts'
import { close, type Effect, refuse, send } from './effects.ts'
import { createRoomContext } from './furnish.ts'
import { canResume, Replays, type Resume } from './log/replay.ts'
import { nextTrim, trimBatch } from './log/retention.ts'
import { schema } from './log/schema.ts'
import { type MembersResult, manageMembers } from './members/manage-members.ts'
import { LedgerPersistence } from './metering/persist.ts'
import { applyRole, type ConnectRefusal, reapplyRoles, refuseConnect, sessionsWithToken } from './sessions/access.ts'
import { acceptFirstToken, reauthenticate, type TokenCheckResult } from './sessions/authenticate.ts'
import type { CallerContext } from './sessions/caller-context.ts'
import { checkFrame, rateLimited } from './sessions/check-frame.ts'
import { EphemeralState } from './sessions/ephemeral-state.ts'
import { type Attachment, fromAttachment, type Session, type SessionId, toAttachment } from './sessions/session.ts'
import { expiryReason, firstTokenMs, SessionTimeouts, type SocketProbe } from './sessions/timeouts.ts'
import { buildWelcome } from './sessions/welcome.ts'

const heldFrames = 20 // while a first token is being checked
const seenPauseMs = 60_000 // how stale a session's last sign of life may be in its attachment

/**
 * The behaviour of a channel: frame and time in, storage written, effects out. It owns no socket, no clock and no
 * timer, and whatever matters is in SQLite or in a session's attachment: it may be born again at any instant.
 */
export class Room {
  readonly context: RoomContext
  readonly #moment: EphemeralState
  readonly #books: LedgerPersistence
  readonly #deadlines = new SessionTimeouts()
  readonly #unknown = new Set<Session>() // have not said who they are
  readonly #replays: Replays

  /** Opens the room on its storage, with the sockets that outlived the last instance. */
  constructor(given: RoomDeps, attachments: readonly Attachment[], wire: SocketProbe) {
    migrate(given.sql, schema)
    this.#moment = new EphemeralState(attachments)
    this.context = createRoomContext(given, this.#moment)
    this.#books = new LedgerPersistence(this.context)
    this.#replays = new Replays(this.context.log)
    for (const attachment of attachments) this.#restore(fromAttachment(attachment))
    this.#deadlines.recount(this.context.sessions.values(), wire)
  }

  /** Why somebody whom the Worker let in cannot come in now, or null. Uses the visit's ticket up. */
  refusalOf(caller: CallerContext, now: number): ConnectRefusal | null {
    return refuseConnect(this.context, caller, now)
  }

  /** A socket opened. */
  connect(session: Session, resume: Resume | null, now: number): Effect[] {
    this.context.sessions.set(session.id, session)
    this.context.touched.add(session)
    if (session.principal === null) {
      this.#unknown.add(session)
      return []
    }
    return this.#enter(session, resume, now)
  }

  /** A frame arrived. Size and rate are judged before it is read. */
  receive(sessionId: SessionId, frame: string | ArrayBuffer, now: number): Effect[] {
    const session = this.context.sessions.get(sessionId)
    if (session === undefined) return []
    session.frames += 1
    this.#seen(session, now)
    const verdict = checkFrame(this.context, session, frame, now)
    if ('over' in verdict) return this.#end(session, ...verdict.over, now)
    if ('refused' in verdict) return [refuse(session, null, verdict.refused, now)]
    if (session.held !== null) return this.#hold(session, session.held, verdict.text, now)
    const decoded = dialects[session.dialect].decode(verdict.text)
    if (session.principal === null) return this.#introduce(session, decoded, now)
    if ('nothing' in decoded) return []
    if ('refusal' in decoded) return [refuse(session, decoded.id, decoded.refusal, now)]
    return this.handle(session, decoded.command, decoded.origin, now)
  }

  /** Does what a session asks that came in at the door. */
  handle(session: Session, command: Command, origin: Origin | undefined, now: number): Effect[] {
    const effects = dispatch(this.context, session, command, origin, now)
    if (command.type === 'configure') effects.push(...this.#enforce(null, now))
    return this.#told(effects, now)
  }

  /** A request without a socket: a session of one command, which passes the same door. */
  request(session: Session, command: Command, now: number): Effect[] {
    const barred = this.#bar(session, now)
    if (barred !== null) return [refuse(session, command.id, barred, now)]
    return this.handle(session, command, undefined, now)
  }

  /** Somebody asks who may be here, or changes it; it is in force at once, also for open sockets. */
  manage(session: Session, act: MemberAct, now: number): { result: MembersResult; effects: Effect[] } {
    applyRole(this.context, session)
    const { result, effects, removed } = manageMembers(this.context, session, act, now)
    return { result, effects: this.#told([...effects, ...this.#enforce(removed, now)], now) }
  }

  /** A program tells of what happened elsewhere; what is new in it is stored and heard. */
  publish(session: Session, publications: readonly AnyPublication[], now: number) {
    const barred = this.#bar(session, now)
    if (barred !== null) return { result: publications.map(({ id }) => ({ id, refused: barred })), effects: [] }
    const { results, effects } = publish(this.context, session, publications, now)
    return { result: results, effects: this.#told(effects, now) }
  }

  /** Somebody asks over HTTP for what is no command. */
  serve(session: Session, service: AdminRequest, now: number): { result: AdminResult; effects: Effect[] } {
    const barred = this.#bar(session, now)
    if (barred !== null) return { result: { refused: barred }, effects: [] }
    const { served, effects } = handleAdmin(this.context, session, service, now)
    return { result: served, effects: this.#told(effects, now) }
  }

  /** The answer to a `verify` effect: who the token says this is. */
  identified(sessionId: SessionId, id: string | null, outcome: TokenCheckResult, now: number): Effect[] {
    const session = this.context.sessions.get(sessionId)
    if (session === undefined) return []
    if (session.principal !== null)
      return this.#told(reauthenticate(this.context, this.#deadlines, session, id, outcome, now), now)
    const held = session.held ?? []
    session.held = null
    const over = acceptFirstToken(this.context, session, outcome)
    if (over !== null) return this.#end(session, ...over, now)
    this.#unknown.delete(session)
    this.context.touched.add(session)
    return [...this.#enter(session, null, now), ...held.flatMap(frame => this.receive(sessionId, frame, now))]
  }

  /** A socket is gone, however it went; a second call for it says nothing. */
  leave(sessionId: SessionId, now: number): Effect[] {
    const session = this.context.sessions.get(sessionId)
    if (session === undefined) return []
    this.context.sessions.delete(sessionId)
    this.context.touched.delete(session)
    this.#replays.end(session)
    if (this.#unknown.delete(session)) return []
    this.#deadlines.remove(session)
    this.context.presence.leave(session, now)
    if (this.context.presence.sessionsOf(session.user.id).size === 0) this.context.typing.end(session, now)
    return this.#told([], now)
  }

  /** An agent said more. */
  part(turn: string, attempt: number, part: TurnProgress, now: number): Effect[] {
    return this.context.answers.onPart(turn, attempt, part, now)
  }

  /** A call of an agent is over. */
  ended(turn: string, attempt: number, outcome: TurnOutcome, now: number): Effect[] {
    return this.context.answers.onEnd(turn, attempt, outcome, now)
  }

  /** When the alarm must ring next (ms), or null: nothing is owed. Never remembered, always this. */
  nextAlarm(): number | null {
    const { answers, digests, webhooks } = this.context
    return minDefined(this.#deadlines.next, answers.nextDue, digests.nextDue, webhooks.nextDue, nextTrim(this.context))
  }

  /** Does what the alarm is for: dead sockets, ended tokens, turns and digests that are due, old events. */
  alarm(now: number, wire: SocketProbe): Effect[] {
    const over = [...this.context.sessions.values()].flatMap(session => this.#endIfOver(session, wire, now))
    this.#deadlines.recount(this.context.sessions.values(), wire)
    trimBatch(this.context, now)
    return this.#told([...over, ...this.context.answers.runDue(now), ...this.context.digests.start(now)], now)
  }

  /** When `tick` has something to do next (ms), or null. Moments only: nothing durable waits for it. */
  nextTick(now: number): number | null {
    const { presence, typing, answers } = this.context
    const first = this.#unknown.values().next().value
    return minDefined(
      presence.nextTick(),
      typing.nextTick(),
      answers.nextTick(),
      this.#replays.nextLook(now),
      first === undefined ? null : first.startedAt + firstTokenMs,
    )
  }

  /** Does what is owed to the moment: presence, typing, deltas, replays, sockets that never said who they are. */
  tick(now: number, wire: SocketProbe): Effect[] {
    const replays = this.#replays.waiting.flatMap(session => this.#replay(session, wire.backlog(session.id), now))
    const silent = [...this.#unknown].flatMap(session => this.#endIfOver(session, wire, now))
    return this.#told([...replays, ...silent, ...this.context.answers.flushHeld(now)], now)
  }

  /** The attachments that are to be written again. The oldest socket keeps the moment's note and the meter's. */
  takeTouched(now: number): [SessionId, Attachment][] {
    const { sessions, touched, meter, log } = this.context
    this.#books.persist(log.head, now)
    const keeper = sessions.values().next().value
    const { notes, isNew } = this.#moment.snapshot()
    if (keeper !== undefined && (isNew || meter.wantsPersist(now))) touched.add(keeper)
    const attachments = [...touched].map((session): [SessionId, Attachment] => [
      session.id,
      toAttachment(session, session === keeper ? { notes, ledger: meter.ledger(now, log.head) } : {}),
    ])
    touched.clear()
    return attachments
  }

  #restore(session: Session): void {
    this.context.sessions.set(session.id, session)
    if (session.principal === null) this.#unknown.add(session)
    else this.context.presence.restore(session)
    this.#replays.restore(session)
  }

  #enter(session: Session, resume: Resume | null, now: number): Effect[] {
    const { presence, log, settings } = this.context
    applyRole(this.context, session)
    presence.join(session)
    this.#deadlines.add(session)
    if (session.dialect !== 'native') return this.#told([], now, session)
    const recovered = resume === null ? null : canResume(resume, log, settings)
    const effects: Effect[] = [send(session, 'welcome', buildWelcome(this.context, session, recovered), now)]
    if (resume !== null && recovered) effects.push(...this.#replays.begin(session, resume.since, now))
    return this.#told(effects, now, session)
  }

  /** Why a request without a socket is not even looked at: its sender may not be here, or asks too often. */
  #bar(session: Session, now: number): Refusal | null {
    const barred = applyRole(this.context, session)
    if (barred !== null) return barred
    const waitMs = this.context.pace.take(session.user.id, now)
    return waitMs > 0 ? rateLimited(waitMs) : null
  }

  /** Tokens of this user that were issued until `before` count no more. */
  revoke(user: string, before: number, now: number): Effect[] {
    return sessionsWithToken(this.context, user, before).flatMap(session =>
      this.#end(session, 'expired', 'the token was revoked', now),
    )
  }

  #enforce(removed: string | null, now: number): Effect[] {
    return reapplyRoles(this.context, removed).flatMap(([session, reason]) =>
      this.#end(session, 'forbidden', reason, now),
    )
  }

  #replay(session: Session, backlog: number, now: number): Effect[] {
    this.context.touched.add(session)
    return this.#replays.nextPages(session, backlog, now)
  }

  #told(effects: Effect[], now: number, newcomer?: Session): Effect[] {
    effects.push(...this.#moment.flush(now, newcomer))
    return effects
  }

  #seen(session: Session, now: number): void {
    if (now < session.seenAt + seenPauseMs) return
    session.seenAt = now
    this.context.touched.add(session)
  }

  /** The first frame of a socket that came without a credential: a token, or nothing (A4). */
  #introduce(session: Session, decoded: Decoded, now: number): Effect[] {
    const token = 'command' in decoded && decoded.command.type === 'auth' ? decoded.command.data.token : null
    if (token === null) return this.#end(session, 'unauthenticated', 'say who this is first', now)
    session.held = []
    return [{ do: 'verify', session: session.id, token, id: null }]
  }

  /** Frames that follow a first token closely wait until it is checked, in their order. */
  #hold(session: Session, held: string[], frame: string, now: number): Effect[] {
    if (held.length >= heldFrames)
      return this.#end(session, 'unauthenticated', 'too much before the token was checked', now)
    held.push(frame)
    return []
  }

  #end(session: Session, code: CloseName, reason: string, now: number): Effect[] {
    return [close(session, code, reason), ...this.leave(session.id, now)]
  }

  #endIfOver(session: Session, wire: SocketProbe, now: number): Effect[] {
    const over = expiryReason(session, wire, now)
    return over === null ? [] : this.#end(session, ...over, now)
  }
}
