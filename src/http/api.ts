import type { Context } from 'hono'
import { admit } from '../auth/admit.ts'
import { isDenied } from '../auth/denied.ts'
import { visitor } from '../auth/guests.ts'
import { idOf, missing } from '../auth/identify.ts'
import type { Place } from '../auth/place.ts'
import type { Configured } from '../auth/policy.ts'
import type { Principal } from '../auth/principal.ts'
import type { Env } from '../env.ts'
import { showToken } from '../passes/show.ts'
import { type ChannelKind, type ChannelName, canonicalName } from '../protocol/channels.ts'
import type { Command } from '../protocol/commands.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Answer } from '../rooms/request.ts'
import type { Visit } from '../rooms/visit.ts'
import { type Channel, type ChannelAddress, channelAt } from './channels.ts'
import { callerOf, credentialsIn } from './entrance.ts'
import { type Failure, failure } from './errors.ts'

/** What Hono's handlers have at hand: the bindings, and what is known of the request by now. */
export type Http = {
  Bindings: Env
  Variables: {
    request: string // its id, in every line of the log it causes
    policy: Configured // once the gate is passed
    who?: string | null // user id
    channel?: Place
  }
}

/** Lets the sender of a request into a place, under `open` as `guest` if they give no name. */
export async function enter(
  context: Context<Http>,
  place: Place,
  guest: Principal = visitor,
): Promise<Principal | Failure> {
  const { policy } = context.var
  const caller = await callerOf(policy, credentialsIn(context.req.raw), Date.now())
  if (caller instanceof Response) return caller
  context.set('who', idOf(caller))
  if (caller.by === 'nothing') return policy.kind === 'open' ? guest : failure(missing.denied, missing.message)
  const principal = await admit(policy, caller, place)
  return isDenied(principal) ? failure(principal.denied, principal.message) : principal
}

/** The name in `/api/<kinds>/<name>/…` as it came, not decoded: what had to be escaped is no name. */
export function nameIn(context: Context<Http>): string | Failure {
  const raw = new URL(context.req.url).pathname.split('/')[3] ?? ''
  return canonicalName(raw) ?? failure('invalid_name', 'There is nothing of this name.')
}

/** A channel that a request is about, and the sender as its visitor. */
export type Called = { channel: ChannelName; object: Channel; visit: Visit }

/** Lets the sender of a request into the channel that its path names. */
export async function call(context: Context<Http>, kind: ChannelKind): Promise<Called | Failure> {
  const name = nameIn(context)
  return name instanceof Response ? name : callAt(context, { kind, name })
}

/** Lets the sender of a request into a channel. */
export async function callAt(context: Context<Http>, { kind, name }: ChannelAddress): Promise<Called | Failure> {
  const channel: ChannelName = `${kind}:${name}`
  context.set('channel', channel)
  const principal = await enter(context, channel)
  if (principal instanceof Response) return principal
  const revoked = await showToken(context.env, principal, channel)
  if (revoked !== null) return failure(revoked.denied, revoked.message)
  const visitor = { principal, dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
  const visit = { ...visitor, request: context.var.request }
  return { channel, object: channelAt(context.env, { kind, name }), visit: { channel: name, ...visit } }
}

/** Sends one command into the channel that the path names, as the sender of the request. */
export async function askChannel(
  context: Context<Http>,
  kind: ChannelKind,
  command: Command,
): Promise<(Answer & { channel: ChannelName }) | Failure> {
  const called = await call(context, kind)
  if (called instanceof Response) return called
  const { channel, object, visit } = called
  const asked = await object.ask(visit, command)
  if (asked === null) return nothingThere(channel)
  context.header('x-circles-instance', asked.instance) // a tester sees that nothing it did started the room anew
  return asked.answer.type === 'error' ? refused(asked.answer.data) : { ...asked, channel }
}

export function nothingThere(channel: ChannelName): Failure {
  return failure('not_found', `There is no ${channel} yet.`)
}

/** What a channel refuses, as HTTP says it. */
export function refused({ code, message, retry_after_ms: wait }: Refusal): Failure {
  return failure(code, message, wait === undefined ? {} : { 'retry-after': `${Math.ceil(wait / 1000)}` })
}
