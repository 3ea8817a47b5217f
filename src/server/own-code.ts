import { sha256 } from '../lib/ids.ts'
import { first, type SqlRow } from '../lib/sql.ts'
import type { CircleProtocol } from '../protocol/define-protocol.ts'
import type { Refusal } from '../protocol/errors.ts'
import { commandFailure } from '../rooms/commands/response.ts'
import type { Changed, Component } from '../rooms/component.ts'
import type { RoomContext } from '../rooms/context.ts'
import { cleanContent, type Draft } from '../rooms/hooks.ts'
import { ack, nothing, type Outcome, outcome, refusal, refuse, sequence } from '../rooms/outcome.ts'
import type { Session } from '../rooms/sessions/session.ts'
import type { OwnEntry, OwnResult } from '../rpc/channel.ts'
import type { CircleDefinition } from './definition.ts'
import { type Author, type Enter, OwnRoom, synchronous, theCircle } from './own-room.ts'
import { Refused } from './refuse.ts'
import { Schedule } from './schedule.ts'

/** What the code of a circle needs of the object it runs in. */
export type OwnCodePorts = {
  env: object
  now(): number // ms: the circle's clock
  run(act: (context: RoomContext, now: number) => Outcome): void // on the circle as it is then; not if it was deleted
  onFault(error: unknown): void // for the operator's log
}

type Command = { type: string; id: string | null; data: unknown }

const keepsResultsMs = 604_800_000 // how long a command that logged nothing is known by its id

/** The code of a circle of one's own, called by its room. What it throws is undone, logged, and disturbs nobody else. */
export class OwnCode implements Component {
  readonly room: OwnRoom
  readonly #context: RoomContext
  readonly #definition: CircleDefinition<CircleProtocol>
  readonly #ports: OwnCodePorts
  readonly #schedule: Schedule
  #refused: Session | null = null // the last one that onConnect refused: it did not connect

  constructor(
    context: RoomContext,
    definition: CircleDefinition<CircleProtocol>,
    ports: OwnCodePorts,
    changed: Changed,
  ) {
    this.#context = context
    this.#definition = definition
    this.#ports = ports
    this.#schedule = new Schedule(context.sql, changed)
    const uses = {
      usesTables: (definition.migrations ?? []).length > 0,
      hasOnSchedule: definition.onSchedule !== undefined,
    }
    this.room = new OwnRoom(context, this.#schedule, { ...ports, enter: enterBy(ports), ...uses })
  }

  /** Runs the handler of a command, once for each id of a user (L3). */
  runCommand(session: Session, { type, id, data }: Command, now: number): Outcome {
    const { user } = session
    const commandId = id ?? this.#context.newId()
    const sent = sha256(JSON.stringify([type, data]))
    const earlier = this.#earlier(user.id, commandId, sent)
    if (earlier !== null) {
      return 'code' in earlier
        ? refuse(id, earlier, now)
        : outcome({ response: ack({ id: commandId, ...earlier }, now) })
    }
    const call = { data, user, id: commandId, at: now }
    const author = { user: user.id, id: commandId, sent }
    const done = this.#attempt(author, () => this.#definition.commands?.[type]?.(this.room, call), now)
    if ('refused' in done) return refuse(id, done.refused, now)
    const { events, ephemeral } = done.outcome
    const seq = events[0]?.seq
    if (seq === undefined) this.#remember(user.id, commandId, sent, now)
    const response = ack({ id: commandId, ...(seq !== undefined && { seq }) }, now)
    return outcome({ events, ephemeral, response })
  }

  /** Logs an event of the protocol for the Worker, in the name of the circle. */
  append({ type, data, id }: OwnEntry, now: number): { result: OwnResult; outcome: Outcome } {
    try {
      const append = () => this.room.append(type, data, id === null ? {} : { id })
      const { result: event, outcome } = this.room.transact(theCircle, append, now)
      return { result: { event }, outcome }
    } catch (error) {
      return { result: { refused: this.#refusalOf(error) }, outcome: nothing }
    }
  }

  /** What becomes of a text that is about to be stored: see `BeforeStore`. */
  beforeMessage({
    type,
    content,
    session,
    attachments = [],
  }: Draft): { refused: Refusal } | { content: string } | null {
    const { beforeMessage } = this.#definition
    const draft = { type, content, user: session?.user ?? null, attachments }
    try {
      const result = this.room.read(() => refuseByThrowing(beforeMessage?.(this.room, draft)))
      if (result === undefined || result === null) return null
      if (typeof result.content !== 'string')
        throw new Error('beforeMessage returns { content }, a refusal or nothing.')
      const cleaned = cleanContent(result.content, this.#context.limits.content_bytes)
      if ('content' in cleaned) return cleaned
      throw new Error(`beforeMessage returned a text that cannot be stored: ${cleaned.refused.message}`)
    } catch (error) {
      return { refused: this.#refusalOf(error) }
    }
  }

  /** What is shown of a part of a reply, or null: nothing. */
  beforeDelta(text: string): string | null {
    const { beforeDelta } = this.#definition
    try {
      return this.room.read(() => beforeDelta?.(this.room, { text }) ?? null)
    } catch (error) {
      this.#ports.onFault(error)
      return ''
    }
  }

  onJoin(session: Session, now: number): Outcome | { refused: Refusal } {
    const { onConnect } = this.#definition
    if (onConnect === undefined) return nothing
    const done = this.#attempt(theCircle, () => onConnect(this.room, connected(session)), now)
    if (!('refused' in done)) return done.outcome
    if (done.refused === commandFailure) return nothing // it was logged, and keeps nobody out
    this.#refused = session
    return done
  }

  onLeave(session: Session, now: number): Outcome {
    const { onDisconnect } = this.#definition
    if (onDisconnect === undefined || this.#refused === session) return nothing
    return this.#alone(() => onDisconnect(this.room, connected(session)), now)
  }

  nextAlarm(): number | null {
    return this.#schedule.nextDue
  }

  onAlarm(now: number): Outcome {
    return sequence(...this.#schedule.due(now).map(entry => this.#runScheduled(entry, now)))
  }

  /** A command that logged nothing may have scheduled something, or written to a table. */
  get hasWork(): boolean {
    return first(this.#context.sql, `SELECT 1 FROM own_commands LIMIT 1`) !== null
  }

  onImport(): void {
    this.#schedule.clear()
    this.#context.sql.all(`DELETE FROM own_commands`)
  }

  #runScheduled({ id, name, payload }: { id: string; name: string; payload: unknown }, now: number): Outcome {
    const work = () => {
      this.#schedule.remove(id)
      return this.#definition.onSchedule?.(this.room, name, payload)
    }
    const done = this.#alone(work, now)
    if (done !== undone) return done
    if (!this.#schedule.failed(id, now))
      this.#ports.onFault(new Error(`onSchedule "${name}" failed for a day: given up`))
    return nothing
  }

  /** Runs a handler that nobody waits for: its refusal is logged, as an error is. */
  #alone(work: () => unknown, now: number): Outcome {
    const done = this.#attempt(theCircle, work, now)
    if (!('refused' in done)) return done.outcome
    if (done.refused !== commandFailure) this.#ports.onFault(new Refused(done.refused))
    return undone
  }

  /** Runs a handler. What it returns as a refusal, or throws, undoes what it did. */
  #attempt(author: Author, work: () => unknown, now: number): { outcome: Outcome } | { refused: Refusal } {
    try {
      return this.room.transact(author, () => refuseByThrowing(work()), now)
    } catch (error) {
      return { refused: this.#refusalOf(error) }
    }
  }

  /** What a handler that threw this tells whoever asked; an error is logged. */
  #refusalOf(error: unknown): Refusal {
    if (error instanceof Refused) return error.refusal
    this.#ports.onFault(error)
    return commandFailure
  }

  /** The seq of what a command with this id logged, if it did; a refusal if it was another command; null: it is new. */
  #earlier(user: string, id: string, sent: string): { seq?: number; duplicate: true } | Refusal | null {
    const { log, sql } = this.#context
    const event = log.find(user, id)
    if (event !== null) return event.origin?.sent === sent ? { seq: event.seq, duplicate: true } : usedBefore
    const row = first<SqlRow & { sent: string }>(
      sql,
      `SELECT sent FROM own_commands WHERE user = ?1 AND id = ?2`,
      ...[user, id],
    )
    if (row === null) return null
    return row.sent === sent ? { duplicate: true } : usedBefore
  }

  #remember(user: string, id: string, sent: string, now: number): void {
    const { sql } = this.#context
    const oldest = `SELECT rowid FROM own_commands ORDER BY rowid LIMIT 10`
    sql.all(`DELETE FROM own_commands WHERE rowid IN (${oldest}) AND at < ?1`, now - keepsResultsMs)
    sql.all(`INSERT INTO own_commands (user, id, sent, at) VALUES (?1, ?2, ?3, ?4)`, user, id, sent, now)
  }
}

/** Runs work of the circle's own on the circle as it is then. */
function enterBy(ports: OwnCodePorts): Enter {
  return <Result>(work: (room: OwnRoom) => Result): Result => {
    let done: { result: Result } | { error: unknown } = { error: new Error('This circle was deleted.') }
    ports.run(({ components }, now) => {
      const { room } = components.get(OwnCode)
      try {
        const { result, outcome } = room.transact(theCircle, () => work(room), now)
        done = { result }
        return outcome
      } catch (error) {
        done = { error }
        return nothing
      }
    })
    if ('error' in done) throw (done as { error: unknown }).error
    return (done as { result: Result }).result
  }
}

const undone: Outcome = { ...nothing }
const usedBefore = refusal('conflict', 'This id was used for something else.')

function refuseByThrowing<Result>(result: Result): Exclude<Result, Refused> {
  if (result instanceof Refused) throw result
  return synchronous(result) as Exclude<Result, Refused>
}

function connected({ id, user }: Session): { id: string; user: Session['user'] } {
  return { id, user }
}

/** The tables of `OwnCode`. */
export const ownCodeMigrations: readonly (readonly string[])[] = [
  [
    // due: ms; payload: JSON; failing_since: ms.
    `CREATE TABLE own_schedule (
      id TEXT PRIMARY KEY,
      due INTEGER NOT NULL,
      name TEXT NOT NULL,
      payload TEXT NOT NULL,
      failures INTEGER NOT NULL DEFAULT 0,
      failing_since INTEGER
    )`,
    `CREATE INDEX own_schedule_due ON own_schedule (due)`,
    // id: of a command that logged nothing; sent: SHA-256 of its type and data; at: ms.
    `CREATE TABLE own_commands (
      user TEXT NOT NULL,
      id TEXT NOT NULL,
      sent TEXT NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (user, id)
    )`,
  ],
]
