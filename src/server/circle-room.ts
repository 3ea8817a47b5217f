import type { SqlRow, SqlValue } from '../lib/sql.ts'
import type { EventsOf, OwnEvent, SomeProtocol } from '../protocol/define-protocol.ts'
import type { LoggedEvent } from '../protocol/events/events.ts'
import type { User } from '../protocol/roles.ts'

/** An event of one's own, of any type of a protocol. */
export type OwnEventOf<Protocol extends SomeProtocol> = {
  [Type in keyof EventsOf<Protocol>]: OwnEvent<EventsOf<Protocol>[Type] & object, Type & string>
}[keyof EventsOf<Protocol>]

/** An entry of a circle's log: an event of one's own, or one of ours. */
export type EventIn<Protocol extends SomeProtocol> = OwnEventOf<Protocol> | LoggedEvent

/** A value that can be put into a statement. */
export type SqlParameter = SqlValue | boolean | Uint8Array

/** What a rule that looks at messages may use. */
export interface CircleReader<Protocol extends SomeProtocol> {
  /** The name of the circle, without its kind. */
  readonly name: string
  /** The Worker's bindings and settings. */
  readonly env: Cloudflare.Env
  /** The time of the circle's clock, in ms since the Unix epoch; that of a test under `circles-rooms/testing`. */
  readonly now: number
  /** The seq of the newest event; 0 in an empty log. */
  readonly head: number
  /** Runs one statement on the circle's database and returns its rows: room.sql`SELECT * FROM votes WHERE poll = ${poll}`. */
  sql<Row extends SqlRow = SqlRow>(statement: TemplateStringsArray, ...values: readonly SqlParameter[]): Row[]
  /** The event with this seq, or null: it is not kept, or does not exist. */
  event(seq: number): EventIn<Protocol> | null
  /** The people who are connected. */
  members(): User[]
}

/** A circle, for the code that belongs to it. */
export interface CircleRoom<Protocol extends SomeProtocol> extends CircleReader<Protocol> {
  /**
   * Logs an event, which everybody receives. With an `id` (1 to 64 of A-Z a-z 0-9 _ -), it is logged once: again, the same
   * call returns what was logged. Throws if `data` does not match the protocol; throws a refusal if it is not JSON, has over
   * 65,536 bytes (`too_large`), nests over 16 deep (`too_deep`), or a text in it has over 32,768 bytes or lone surrogates.
   */
  append<Type extends keyof EventsOf<Protocol> & string>(
    type: Type,
    data: EventsOf<Protocol>[Type],
    options?: { id?: string },
  ): OwnEvent<EventsOf<Protocol>[Type] & object, Type>
  /** Sends a value that is not logged to everybody who is connected, or to the sockets of one user. */
  signal(name: string, value: unknown, options?: { to?: string }): void
  /**
   * Has `onSchedule` called once at a time (ms since the Unix epoch, or a Date), with this name and payload (JSON of at most
   * 16 KiB), also if the circle sleeps or is restarted meanwhile. Returns an id for `unschedule`.
   */
  schedule(at: number | Date, name: string, payload?: unknown): string
  /** Takes back what was scheduled. Returns whether it was still to come. */
  unschedule(id: string): boolean
}
