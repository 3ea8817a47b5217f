import { first } from '../../../lib/sql.ts'
import { minDefined } from '../../../lib/util.ts'
import { maxUnreadMessages } from '../../../protocol/inbox.ts'
import type { UnreadMessages } from '../../../rpc/inbox.ts'
import type { Changed, Component, ComponentResult } from '../../component.ts'
import type { RoomContext } from '../../context.ts'
import { nothing, type Outcome } from '../../outcome.ts'
import type { Session } from '../../sessions/session.ts'
import type { ComponentDefinition } from '../../tables.ts'

const pauseMs = 5_000 // between two rows of one person: what a crash loses of it is read again

/** A person who has been here: their name, and how far they have read. */
export type Reader = { readonly name: string; readonly seq: number }

type Known = { name: string; seq: number; storedAt: number }

/**
 * How far each person has read, on whatever device: one row for each, written at most every five seconds. They are also
 * those to whom something can be told that happens while they are away. Guests have no row: their names are anybody's.
 */
export class Readers implements Component {
  readonly #context: RoomContext
  readonly #changed: Changed
  readonly #known: Map<string, Known>
  readonly #late = new Set<string>() // who has read more than is stored

  constructor(context: RoomContext, changed: Changed) {
    this.#context = context
    this.#changed = changed
    this.#known = new Map(
      context.sql
        .all<{ user: string; name: string; seq: number; at: number }>(`SELECT user, name, seq, at FROM circles_readers`)
        .map(({ user, name, seq, at }) => [user, { name, seq, storedAt: at }]),
    )
  }

  /** The people who have been here, by id. */
  get all(): ReadonlyMap<string, Reader> {
    return this.#known
  }

  welcome({ user, principal }: Session): object {
    const known = principal.kind === 'person' ? this.#known.get(user.id) : undefined
    return known === undefined ? {} : { read: known.seq }
  }

  onJoin({ principal, user }: Session, now: number): Outcome {
    const known = this.#known.get(user.id)
    if (principal.kind !== 'person' || known?.name === user.name) return nothing
    this.#known.set(user.id, { seq: this.#context.log.head, storedAt: 0, ...known, name: user.name })
    this.#store(user.id, now)
    return nothing
  }

  /** Makes a person known here before they come: what has been written so far is read. */
  introduce(user: string, name: string, now: number): void {
    if (this.#known.has(user)) return
    this.#known.set(user, { seq: this.#context.log.head, storedAt: 0, name })
    this.#store(user, now)
  }

  onRead({ user }: Session, seq: number, now: number): void {
    const known = this.#known.get(user.id)
    if (known === undefined || seq <= known.seq) return
    known.seq = seq
    this.#late.add(user.id)
    if (now >= known.storedAt + pauseMs) this.#store(user.id, now)
    this.#changed()
  }

  nextTick(): number | null {
    return minDefined(...[...this.#late].map(user => (this.#known.get(user)?.storedAt ?? 0) + pauseMs))
  }

  onTick(now: number): Outcome {
    for (const user of this.#late) if (now >= (this.#known.get(user)?.storedAt ?? 0) + pauseMs) this.#store(user, now)
    this.#changed()
    return nothing
  }

  /** Counts what the asker has not read. */
  onRequest({ user, principal }: Session): { result: ComponentResult; outcome: Outcome } {
    const known = principal.kind === 'person' ? this.#known.get(user.id) : undefined
    const none: UnreadMessages = { messages: 0, first: null }
    const value = known === undefined ? none : this.#unreadAfter(known.seq, user.id)
    return { result: { value }, outcome: nothing }
  }

  onImport(): void {
    const { sql } = this.#context
    sql.all(`UPDATE circles_readers SET seq = (SELECT coalesce(max(seq), 0) FROM events)`)
  }

  #unreadAfter(seq: number, user: string): UnreadMessages {
    const found = first<UnreadMessages>(
      this.#context.sql,
      `SELECT count(*) AS messages, min(seq) AS first FROM (SELECT seq FROM events WHERE seq > ?1
        AND (type = 'agent_message' OR (type = 'message' AND user <> ?2)) AND json_extract(data, '$.deleted') IS NULL
        ORDER BY seq LIMIT ?3)`,
      ...[seq, user, maxUnreadMessages],
    )
    return { messages: found?.messages ?? 0, first: found?.first ?? null }
  }

  #store(user: string, now: number): void {
    const known = this.#known.get(user)
    if (known === undefined) return
    this.#late.delete(user)
    known.storedAt = now
    this.#context.sql.all(
      `INSERT INTO circles_readers (user, name, seq, at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (user) DO UPDATE SET name = excluded.name, seq = excluded.seq, at = excluded.at`,
      ...[user, known.name, known.seq, now],
    )
  }
}

/** Keeps how far people have read. */
export const readers: ComponentDefinition = {
  name: 'readers',
  migrations: [
    [
      // seq: of the last event that they have read; at: ms: when this row was written.
      `CREATE TABLE circles_readers (
        user TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        seq INTEGER NOT NULL,
        at INTEGER NOT NULL
      ) WITHOUT ROWID`,
    ],
  ],
  create: (context, changed) => new Readers(context, changed),
}
