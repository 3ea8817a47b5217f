import { readGrants, roleIn } from '../auth/grants.ts'
import type { Principal } from '../auth/principal.ts'
import type { SiteUser } from '../http/site.ts'
import { canonicalName } from '../protocol/channels/channels.ts'
import type { Region } from '../protocol/channels/region.ts'
import { commandId } from '../protocol/commands/command-table.ts'
import type { Command, CommandData } from '../protocol/commands/commands.ts'
import type { MemberAct, MemberEntry } from '../protocol/commands/member-schema.ts'
import type { CommandsOf, EventsOf, OwnEvent, SomeProtocol } from '../protocol/define-protocol.ts'
import type { Refusal } from '../protocol/errors.ts'
import { cleanName } from '../protocol/text.ts'
import type { CommandResponse, IdentifiedCaller } from '../rpc/channel.ts'
import type { ChannelStub } from '../stubs.ts'
import type { EventIn } from './circle-room.ts'

/** The error of a call that the circle refused. */
export class CircleRefusal extends Error {
  override readonly name = 'CircleRefusal'
  readonly code: Refusal['code']
  readonly retryAfterMs: number | null

  constructor({ code, message, retry_after_ms: retryAfterMs }: Refusal) {
    super(message)
    this.code = code
    this.retryAfterMs = retryAfterMs ?? null
  }
}

/** On whose behalf: a part of the system, stored as `system:<id>`, or a user as `authenticate` gave them. */
export type Actor = { readonly id: string; readonly name?: string } | SiteUser

/** `id`: the call is carried out once; repeated, it returns the first result. At most 64 of A-Z a-z 0-9 _ -. */
export type CallOptions = { as?: Actor; id?: string }

/** What was logged. */
export type Receipt = { id: string; seq?: number; duplicate?: boolean }

const theSystem: Actor = { id: 'system', name: 'System' }

/** A circle, as the Worker uses it: without HTTP, and without a token. Every method throws `CircleRefusal` if it is refused. */
export class CircleHandle<Protocol extends SomeProtocol> {
  readonly name: string
  readonly #stub: ChannelStub
  readonly #newId: () => string
  readonly #region: Region | undefined

  /** @internal `circles(…).circle` makes one. */
  constructor(name: string, stub: ChannelStub, newId: () => string, region?: Region) {
    this.name = name
    this.#stub = stub
    this.#newId = newId
    this.#region = region
  }

  /** Sends a message. It creates the circle if there is none. */
  send(content: string, options: CallOptions & Omit<CommandData<'message'>, 'content'> = {}): Promise<Receipt> {
    const { as, id, ...data } = options
    return this.#command('message', { content, ...data }, { as, id })
  }

  /** Logs an event of the protocol, in the name of the circle itself. It creates the circle if there is none. */
  async append<Type extends keyof EventsOf<Protocol> & string>(
    type: Type,
    data: EventsOf<Protocol>[Type],
    { id }: { id?: string } = {},
  ): Promise<OwnEvent<EventsOf<Protocol>[Type] & object, Type>> {
    const result = await this.#stub.append(this.#caller(theSystem), { type, data: data as object, id: id ?? null })
    if ('refused' in result) throw new CircleRefusal(result.refused)
    return result.event as OwnEvent<EventsOf<Protocol>[Type] & object, Type>
  }

  /** Sends a command of the protocol. */
  command<Type extends keyof CommandsOf<Protocol> & string>(
    type: Type,
    data: CommandsOf<Protocol>[Type],
    options: CallOptions = {},
  ): Promise<Receipt> {
    return this.#command(type, data, options)
  }

  /** Sends a value that is not logged to everybody who is connected, or to the sockets of one user. */
  async signal(name: string, value: unknown, { as, to }: { as?: Actor; to?: string } = {}): Promise<void> {
    await this.#command('signal', { name, value, ...(to !== undefined && { to }) }, { as })
  }

  /** A page of the log, oldest first: after a seq, or before one; without either, the newest. */
  async history(
    range: CommandData<'history'> = {},
  ): Promise<{ events: EventIn<Protocol>[]; more: boolean; head: number }> {
    const { answer, head } = await this.#ask('history', range, {})
    if (answer.type !== 'history') throw new Error(`expected a page of history, got ${answer.type}`)
    return { events: answer.data.events, more: answer.data.more, head }
  }

  /** Everybody with a role here, or who is connected. */
  async members(): Promise<MemberEntry[]> {
    const all: MemberEntry[] = []
    for (let hasMore = true; hasMore; ) {
      const after = all.at(-1)?.id
      const result = await this.#manage({ do: 'list', ...(after !== undefined && { after }) })
      if ('members' in result) all.push(...result.members)
      hasMore = 'more' in result
    }
    return all
  }

  /** Takes a user's role in this circle away, and closes their sockets. */
  async remove(user: string): Promise<void> {
    await this.#manage({ do: 'remove', user })
  }

  /** Is there a circle of this name? */
  async exists(): Promise<boolean> {
    return (await this.#stub.serve(this.#caller(theSystem), { do: 'describe' })) !== null
  }

  /** Deletes the circle and everything in it. Returns whether there was one. */
  async delete(): Promise<boolean> {
    const result = await this.#stub.serve(this.#caller(theSystem), { do: 'delete' })
    if (result !== null && 'refused' in result) throw new CircleRefusal(result.refused)
    return result !== null
  }

  async #manage(act: MemberAct) {
    const result = await this.#stub.manage(this.#caller(theSystem), act)
    if (result === null) throw notFound(this.name)
    if ('refused' in result) throw new CircleRefusal(result.refused)
    return result
  }

  async #command(type: string, data: unknown, options: CallOptionsHere): Promise<Receipt> {
    const { answer } = await this.#ask(type, data, options)
    if (answer.type !== 'ack') throw new Error(`expected ack as the response to ${type}, got ${answer.type}`)
    return answer.data
  }

  async #ask(type: string, data: unknown, { as = theSystem, id }: CallOptionsHere) {
    if (id !== undefined && !commandId.safeParse(id).success)
      throw new CircleRefusal({ code: 'invalid', message: 'An id is 1 to 64 of A-Z a-z 0-9 _ -' })
    // The object checks nothing but its protocol's own types, which the compiler has checked here.
    const command = { type, id: id ?? this.#newId(), data } as Command
    const result = await this.#stub.ask(this.#caller(as), command)
    if (result === null) throw notFound(this.name)
    const answer: CommandResponse = result.answer
    if (answer.type === 'error') throw new CircleRefusal(answer.data)
    return { answer, head: result.head }
  }

  #caller(actor: Actor): IdentifiedCaller {
    const socketOnly = { agent: null, ticket: null, since: null, epoch: null }
    const principal = principalOf(actor, this.name)
    return { channel: this.name, principal, dialect: 'native', ...socketOnly, region: this.#region }
  }
}

type CallOptionsHere = { as?: Actor | undefined; id?: string | undefined }

function principalOf(actor: Actor, circle: string): Principal {
  const { id } = actor
  const name = cleanName(actor.name ?? id) ?? 'system'
  if (!('channels' in actor)) return { id: `system:${id}`, name, kind: 'person', role: 'owner', expires: null }
  const role = roleIn(`circle:${circle}`, readGrants(actor.channels))
  if (role === null) throw new CircleRefusal({ code: 'forbidden', message: `${name} may not be in this circle.` })
  return { id, name, kind: 'person', role, expires: null }
}

function notFound(name: string): CircleRefusal {
  return new CircleRefusal({ code: 'not_found', message: `The circle ${name} does not exist yet.` })
}

/** The name of a circle in its one spelling. Throws if it cannot be one. */
export function circleName(text: string): string {
  const name = canonicalName(text)
  if (name === null) throw new Error(`"${text}" is not a name of a circle: 1 to 64 of a-z 0-9 . _ -`)
  return name
}
