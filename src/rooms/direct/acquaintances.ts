import { first } from '../../lib/sql.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { DirectPerson, DirectRequest } from '../../rpc/direct.ts'
import type { Component, ComponentResult } from '../component.ts'
import type { RoomContext } from '../context.ts'
import { mayBeHere } from '../members/standing.ts'
import { Readers } from '../outbound/inbox/readers.ts'
import { nothing, type Outcome } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import type { ComponentDefinition } from '../tables.ts'

/** Says who shares a circle: whoever may write there and has been there may begin a private chat with others who have. */
class Acquaintances implements Component {
  readonly #context: RoomContext

  constructor(context: RoomContext) {
    this.#context = context
  }

  onRequest({ user }: Session, request: unknown): { result: ComponentResult; outcome: Outcome } {
    const { user: other } = request as Extract<DirectRequest, { do: 'find' }>
    const isKnown = atLeast(user.role, 'member') && this.#find(user.id) !== null
    return { result: { value: isKnown ? this.#find(other) : null }, outcome: nothing }
  }

  /** Somebody who is here, is a member, has read or has written here; null: they have not, or may not be here any more. */
  #find(id: string): DirectPerson | null {
    const context = this.#context
    if (/^(agent|system|workspace):/.test(id) || !mayBeHere(context, id)) return null
    const here = context.presence.members().find(member => member.id === id)
    const name = here?.name ?? context.components.find(Readers)?.all.get(id)?.name ?? this.#nameOfAuthor(id)
    if (name !== null) return { id, name }
    const { role, gone } = context.members.find(id)
    return role !== null && !gone ? { id, name: id } : null
  }

  #nameOfAuthor(id: string): string | null {
    const found = first<{ name: string | null }>(
      this.#context.sql,
      `SELECT json_extract(data, '$.user_name') AS name FROM events 
        WHERE user = ?1 AND id IS NOT NULL AND type = 'message' LIMIT 1`,
      id,
    )
    return found?.name ?? null
  }
}

/** Lets the people of a circle begin private chats. */
export const acquaintances: ComponentDefinition = {
  name: 'direct',
  create: context => new Acquaintances(context),
}
