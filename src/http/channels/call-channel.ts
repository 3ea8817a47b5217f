import type { Context } from 'hono'
import { isAuthError } from '../../auth/auth-error.ts'
import { missingCredentials, userIdOf } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { anonymousGuest } from '../../auth/guests.ts'
import type { Principal } from '../../auth/principal.ts'
import type { Resource } from '../../auth/resource.ts'
import { refuseRevokedToken } from '../../deployment/tokens/clients.ts'
import { type ChannelKind, type ChannelName, canonicalName } from '../../protocol/channels.ts'
import type { Command } from '../../protocol/commands.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { CallerContext, CommandResult } from '../../rpc/channel.ts'
import { type ChannelStub, channelStub } from '../../stubs.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure } from '../errors.ts'
import { authenticateRequest, readCredentials } from '../middleware/request-guard.ts'
import type { ChannelAddress } from './channel-address.ts'

/** Lets the sender of a request into a place, under `open` as `guest` if they give no name. */
export async function authorizeRequest(
  context: Context<HttpEnv>,
  place: Resource,
  guest: Principal = anonymousGuest,
): Promise<Principal | Failure> {
  const { policy } = context.var
  const caller = await authenticateRequest(policy, readCredentials(context.req.raw), Date.now())
  if (caller instanceof Response) return caller
  context.set('who', userIdOf(caller))
  if (caller.by === 'nothing')
    return policy.kind === 'open' ? guest : failure(missingCredentials.denied, missingCredentials.message)
  const principal = await authorize(policy, caller, place)
  return isAuthError(principal) ? failure(principal.denied, principal.message) : principal
}

/** The name in `/api/<kinds>/<name>/…` as it came, not decoded: what had to be escaped is no name. */
export function readChannelName(context: Context<HttpEnv>): string | Failure {
  const raw = new URL(context.req.url).pathname.split('/')[3] ?? ''
  return canonicalName(raw) ?? failure('invalid_name', 'There is nothing of this name.')
}

/** A channel that a request is about, and the sender as its visitor. */
export type ChannelCall = { channel: ChannelName; object: ChannelStub; visit: CallerContext }

/** Lets the sender of a request into the channel that its path names. */
export async function openChannel(context: Context<HttpEnv>, kind: ChannelKind): Promise<ChannelCall | Failure> {
  const name = readChannelName(context)
  return name instanceof Response ? name : openChannelAt(context, { kind, name })
}

/** Lets the sender of a request into a channel. */
export async function openChannelAt(
  context: Context<HttpEnv>,
  { kind, name }: ChannelAddress,
): Promise<ChannelCall | Failure> {
  const channel: ChannelName = `${kind}:${name}`
  context.set('channel', channel)
  const principal = await authorizeRequest(context, channel)
  if (principal instanceof Response) return principal
  const revoked = await refuseRevokedToken(context.env, principal, channel)
  if (revoked !== null) return failure(revoked.denied, revoked.message)
  const visitor = { principal, dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
  const visit = { ...visitor, request: context.var.request }
  return { channel, object: channelStub(context.env, { kind, name }), visit: { channel: name, ...visit } }
}

/** Sends one command into the channel that the path names, as the sender of the request. */
export async function runCommand(
  context: Context<HttpEnv>,
  kind: ChannelKind,
  command: Command,
): Promise<(CommandResult & { channel: ChannelName }) | Failure> {
  const called = await openChannel(context, kind)
  if (called instanceof Response) return called
  const { channel, object, visit } = called
  const asked = await object.ask(visit, command)
  if (asked === null) return channelNotFound(channel)
  context.header('x-circles-instance', asked.instance) // a tester sees that nothing it did started the room anew
  return asked.answer.type === 'error' ? refusalResponse(asked.answer.data) : { ...asked, channel }
}

export function channelNotFound(channel: ChannelName): Failure {
  return failure('not_found', `There is no ${channel} yet.`)
}

/** What a channel refuses, as HTTP says it. */
export function refusalResponse({ code, message, retry_after_ms: wait }: Refusal): Failure {
  return failure(code, message, wait === undefined ? {} : { 'retry-after': `${Math.ceil(wait / 1000)}` })
}
