import type { Refusal } from '../../protocol/errors.ts'
import type { DirectPerson, DirectRequest, DirectState } from '../../rpc/direct.ts'
import type { Component, ComponentResult } from '../component.ts'
import type { RoomContext } from '../context.ts'
import type { WriteGuard } from '../hooks.ts'
import { noOverride } from '../members/member-roles.ts'
import { mayBeHere } from '../members/standing.ts'
import { InboxActivity } from '../outbound/inbox/activity.ts'
import { InboxFeed } from '../outbound/inbox/feed.ts'
import { Readers } from '../outbound/inbox/readers.ts'
import { nothing, type Outcome, refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import type { ComponentDefinition } from '../tables.ts'

type Person = { name: string; hasBlocked: boolean }
type Row = { user: string; name: string; blocked: number }
type DirectResult = { result: ComponentResult; outcome: Outcome }

/** The two people of a private chat. They are its only members, neither owns it, and either can block the other. */
export class PrivateChat implements Component {
  readonly #context: RoomContext
  readonly #people: Map<string, Person>

  constructor(context: RoomContext) {
    this.#context = context
    const rows = context.sql.all<Row>(`SELECT user, name, blocked FROM circles_direct_people`)
    this.#people = new Map(rows.map(({ user, name, blocked }) => [user, { name, hasBlocked: blocked === 1 }]))
  }

  get hasWork(): boolean {
    return this.#people.size > 0
  }

  /** How far a guest has read is known on their device alone; what came before their first visit is new to them. */
  welcome({ principal }: Session): object {
    return principal.kind === 'guest' ? { read: 0 } : {}
  }

  onJoin({ user }: Session): Outcome {
    const known = this.#people.get(user.id)
    if (known !== undefined && known.name !== user.name) this.#store(user.id, { ...known, name: user.name })
    return nothing
  }

  onRequest({ user }: Session, request: unknown, now: number): DirectResult {
    const asked = request as DirectRequest
    if (asked.do === 'begin') return this.#begin(asked.people, now)
    const own = this.#people.get(user.id)
    if (own === undefined || asked.do === 'find') return noChat
    if (asked.do === 'block') this.#store(user.id, { ...own, hasBlocked: asked.blocked })
    return this.#describe(user.id)
  }

  /** Why somebody may not write here now, or null. Being one of the two makes a writer of nobody whose token only reads. */
  refuseWriting({ user, principal }: Session): Refusal | null {
    for (const [id, { hasBlocked }] of this.#people) if (hasBlocked) return id === user.id ? ownBlock : otherBlock
    return principal.role === 'reader' ? onlyReads : null
  }

  /** The first of the two begins the chat, or comes back to it. */
  #begin(people: readonly [DirectPerson, DirectPerson], now: number): DirectResult {
    const [{ id: own }, { id: other }] = people
    if (this.#people.get(other)?.hasBlocked === true) return { result: { refused: otherBlock }, outcome: nothing }
    const { sql, members, settings } = this.#context
    sql.transaction(() => {
      for (const { id, name } of people) {
        const known = this.#people.get(id)
        if (known === undefined || id === own) this.#store(id, { hasBlocked: false, ...known, name })
        if (id === own || known === undefined) members.set(id, { ...noOverride, role: 'member' })
        if (!id.startsWith('guest:')) this.#introduce(id, name, now)
      }
      if (settings.creator === null) settings.claim(own)
    })
    return this.#describe(own)
  }

  /** The inbox of both knows of the chat from the start: the other one has never been here. */
  #introduce(user: string, name: string, now: number): void {
    const { components } = this.#context
    components.find(Readers)?.introduce(user, name, now)
    components.find(InboxActivity)?.introduce(user)
    components.find(InboxFeed)?.onJoin()
  }

  #describe(user: string): DirectResult {
    const own = this.#people.get(user)
    const other = [...this.#people].find(([id]) => id !== user)
    if (own === undefined || other === undefined || !mayBeHere(this.#context, user)) return noChat
    const value: DirectState = { user: { id: other[0], name: other[1].name }, blocked: own.hasBlocked }
    return { result: { value }, outcome: nothing }
  }

  #store(user: string, person: Person): void {
    this.#people.set(user, person)
    this.#context.sql.all(
      `INSERT INTO circles_direct_people (user, name, blocked) VALUES (?1, ?2, ?3)
        ON CONFLICT (user) DO UPDATE SET name = excluded.name, blocked = excluded.blocked`,
      ...[user, person.name, Number(person.hasBlocked)],
    )
  }
}

const noChat: DirectResult = { result: { refused: refusal('not_found', 'There is no such chat.') }, outcome: nothing }
const onlyReads = refusal('read_only', 'Your token lets you read here, but not write.')
const ownBlock = refusal('blocked', 'You have blocked this chat: take that back to write.')
const otherBlock = refusal('blocked', 'You cannot write to this person.')

/** Refuses both people of a private chat while one of them has blocked the other. */
export const refuseBlocked: WriteGuard = ({ components }, session) =>
  components.find(PrivateChat)?.refuseWriting(session) ?? null

/** Makes a circle the private chat of two people. */
export const privateChat: ComponentDefinition = {
  name: 'direct',
  migrations: [
    [
      // blocked: 1 if they take no messages of the other.
      `CREATE TABLE circles_direct_people (
        user TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        blocked INTEGER NOT NULL
      ) WITHOUT ROWID`,
    ],
  ],
  create: context => new PrivateChat(context),
}
