import type { SqlRow, SqlValue } from '../lib/sql.ts'
import { checkData } from '../protocol/check-data.ts'
import { commandId } from '../protocol/commands/command-table.ts'
import type { CircleProtocol, OwnEvent } from '../protocol/define-protocol.ts'
import { cleanImported } from '../protocol/events/imported.ts'
import type { User } from '../protocol/roles.ts'
import { fits, nestsDeeperThan } from '../protocol/text.ts'
import type { RoomContext } from '../rooms/context.ts'
import type { AnyNewEvent } from '../rooms/log/event-log.ts'
import { type EphemeralDelivery, ephemeral, type Outcome, outcome } from '../rooms/outcome.ts'
import type { CircleRoom, EventIn, SqlParameter } from './circle-room.ts'
import { refuse } from './refuse.ts'
import type { Schedule } from './schedule.ts'

/** Who appends: the id of a user, '' for the circle itself. The first event gets the command's id, and a hash of it (L3). */
export type Author = { user: string; id: string | null; sent?: string }

/** The circle itself. */
export const theCircle: Author = { user: '', id: null }

/** Runs work on the circle as it is now, while no handler runs. Throws if the circle was deleted. */
export type Enter = <Result>(work: (room: OwnRoom) => Result) => Result

/** What a room for own code is made with, beside its context: `now` is the circle's clock in ms. */
export type OwnRoomOptions = {
  env: object
  enter: Enter
  now(): number
  usesTables: boolean // or else rules need no transaction
  hasOnSchedule: boolean
}

type Run = { author: Author; now: number; events: OwnEvent[]; ephemeral: EphemeralDelivery[] }

/** A circle as its own code sees it. Outside of a handler's synchronous part, each call that writes is a run of its own. */
export class OwnRoom implements CircleRoom<CircleProtocol> {
  readonly name: string
  readonly env: Cloudflare.Env
  readonly #context: RoomContext
  readonly #schedule: Schedule
  readonly #enter: Enter
  readonly #clock: () => number
  readonly #hasOnSchedule: boolean
  #run: Run | null = null
  #isReading = false // while a rule looks at a text
  #usesTables: boolean // or else rules need no transaction

  constructor(
    context: RoomContext,
    schedule: Schedule,
    { env, enter, now, usesTables, hasOnSchedule }: OwnRoomOptions,
  ) {
    this.name = context.name
    this.env = env as Cloudflare.Env // the Worker's own bindings, which its author has typed
    this.#context = context
    this.#schedule = schedule
    this.#enter = enter
    this.#clock = now
    this.#usesTables = usesTables
    this.#hasOnSchedule = hasOnSchedule
  }

  get now(): number {
    return this.#run?.now ?? this.#clock()
  }

  get head(): number {
    return this.#context.log.head
  }

  sql<Row extends SqlRow = SqlRow>(statement: TemplateStringsArray, ...values: readonly SqlParameter[]): Row[] {
    const isUndone = this.#usesTables || !this.#isReading
    this.#usesTables = true
    if (!isUndone) throw new Error('again')
    if (!Array.isArray(statement))
      throw new TypeError('room.sql is a template: room.sql`SELECT …`, without parentheses.')
    const text = statement.reduce((all, part, index) => `${all}?${index}${part}`)
    return this.#context.sql.all<Row>(text, ...values.map(sqlValue))
  }

  event(seq: number): EventIn<CircleProtocol> | null {
    return this.#context.log.at(seq)
  }

  members(): User[] {
    const users = [...this.#context.sessions.values()].map(({ user }) => user)
    return [...new Map(users.map(user => [user.id, user])).values()]
  }

  append<Type extends string>(type: Type, data: object, { id }: { id?: string } = {}): OwnEvent<object, Type> {
    const run = this.#running()
    if (run === null) return this.#enter(room => room.append(type, data, id === undefined ? {} : { id }))
    if (id !== undefined && !commandId.safeParse(id).success)
      throw refuse('invalid', 'An id is 1 to 64 of A-Z a-z 0-9 _ -')
    const { user, id: ofCommand, sent } = run.author
    const stored = this.#checked(type, data)
    if (id !== undefined) return this.#appendOnce({ type, data: stored, id }, run)
    const isFirst = ofCommand !== null && run.events.length === 0
    const entry = { type, user, id: isFirst ? ofCommand : null, data: stored }
    return this.#log(isFirst && sent !== undefined ? { ...entry, origin: { sent } } : entry, run)
  }

  signal(name: string, value: unknown = null, options: { to?: string } = {}): void {
    const run = this.#running()
    if (run === null) this.#enter(room => room.signal(name, value, options))
    else this.#send({ name, value, ...options }, run)
  }

  schedule(at: number | Date, name: string, payload: unknown = null): string {
    if (this.#running() === null) return this.#enter(room => room.schedule(at, name, payload))
    if (!this.#hasOnSchedule) throw new Error('room.schedule needs onSchedule in the definition of the circle.')
    return this.#schedule.add(this.#context.newId(), Number(at), name, payload)
  }

  unschedule(id: string): boolean {
    return this.#running() === null ? this.#enter(room => room.unschedule(id)) : this.#schedule.remove(id)
  }

  /** Runs synchronous code in one transaction: what it appends and sends is the outcome. A throw undoes everything. */
  transact<Result>(author: Author, work: () => Result, now: number): { result: Result; outcome: Outcome } {
    if (this.#run !== null) throw new Error('a handler within another')
    const run: Run = { author, now, events: [], ephemeral: [] }
    this.#run = run
    try {
      const result = this.#context.log.atomically(() => synchronous(work()))
      const events = run.events as Outcome['events'] // a room logs events of every type alike
      return { result, outcome: outcome({ events, ephemeral: run.ephemeral }) }
    } finally {
      this.#run = null
    }
  }

  /** Runs a rule that looks at a text in one transaction: it may use tables, but logs and sends nothing. */
  read<Result>(work: () => Result): Result {
    this.#isReading = true
    try {
      return this.#usesTables ? this.#context.sql.transaction(work) : this.#withoutTables(work)
    } finally {
      this.#isReading = false
    }
  }

  /** Runs a rule without a transaction, which costs more than most rules. If it uses a table after all, it runs again in one. */
  #withoutTables<Result>(work: () => Result): Result {
    try {
      const result = work()
      if (!this.#usesTables) return result
    } catch (error) {
      if (!this.#usesTables) throw error
    }
    return this.#context.sql.transaction(work)
  }

  #running(): Run | null {
    if (this.#isReading) throw new Error('A rule for messages logs, sends and schedules nothing: afterEvent can.')
    return this.#run
  }

  #send({ name, value, to }: { name: string; value: unknown; to?: string }, run: Run): void {
    const { limits, presence } = this.#context
    if (!fits(JSON.stringify(value), limits.signal_bytes)) {
      throw new Error(`A signal has at most ${limits.signal_bytes} bytes.`)
    }
    const frame = ephemeral('signal', { name, value, user_id: run.author.user }, run.now)
    run.ephemeral.push(...(to === undefined ? [{ frame }] : [...presence.sessionsOf(to)].map(to => ({ frame, to }))))
  }

  #appendOnce<Type extends string>(entry: { type: Type; data: object; id: string }, run: Run): OwnEvent<object, Type> {
    const before = this.#context.log.find('', entry.id) as OwnEvent<object, Type> | null
    if (before !== null && before.type !== entry.type) {
      throw new Error(`The id ${entry.id} was used for an event ${before.type}.`)
    }
    if (before !== null) return before
    return this.#log({ ...entry, user: '' }, run)
  }

  #log<Type extends string>(entry: AnyNewEvent & { type: Type }, run: Run): OwnEvent<object, Type> {
    const event = this.#context.log.appendAny(entry, run.now)
    run.events.push(event)
    return event as unknown as OwnEvent<object, Type>
  }

  /** The data as it is stored: an archive that holds it can be imported. */
  #checked(type: string, data: object): object {
    const { events, limits } = this.#context
    const schema = events.get(type)?.schema
    if (schema === undefined) throw new Error(`The protocol of this circle has no event "${type}".`)
    const parsed = checkData('event', type, schema, data)
    if (!parsed.success) throw new Error(`The data of the event "${type}" does not match: ${parsed.error.message}`)
    const cleaned = cleanImported(parsed.data)
    if ('wrong' in cleaned) throw refuse(cleaned.code, `${type} cannot be stored: ${cleaned.wrong}.`)
    const text = JSON.stringify(cleaned.value)
    if (!fits(text, limits.frame_bytes)) throw refuse('too_large', `An event has at most ${limits.frame_bytes} bytes.`)
    if (nestsDeeperThan(text, limits.depth - 1)) throw refuse('too_deep', `It nests more than ${limits.depth} deep.`)
    return cleaned.value
  }
}

function sqlValue(value: SqlParameter): SqlValue {
  if (typeof value === 'boolean') return Number(value)
  return value instanceof Uint8Array ? Uint8Array.from(value).buffer : value
}

/** Returns a handler's result. Throws if it is a Promise: the transaction would be over before its work is. */
export function synchronous<Result>(result: Result): Result {
  if (typeof result === 'object' && result !== null && 'then' in result) {
    throw new Error('A handler must be synchronous: afterEvent can wait.')
  }
  return result
}
