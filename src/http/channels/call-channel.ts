import { isAuthError } from '../../auth/auth-error.ts'
import { admitted, authorize } from '../../auth/authorize.ts'
import { anonymousGuest } from '../../auth/guests.ts'
import type { Principal } from '../../auth/principal.ts'
import type { Resource } from '../../auth/resource.ts'
import {
  type ChannelAddress,
  type ChannelKind,
  type ChannelName,
  nameAtDoor,
} from '../../protocol/channels/channels.ts'
import type { Region } from '../../protocol/channels/region.ts'
import type { Command } from '../../protocol/commands/commands.ts'
import { noSuchChannel, type Refusal } from '../../protocol/errors.ts'
import type { CommandResult, IdentifiedCaller } from '../../rpc/channel.ts'
import { type ChannelStub, channelStub } from '../../stubs.ts'
import type { HttpContext } from '../context.ts'
import { authFailure, type Failure, failure, retryAfter } from '../errors.ts'

/** Authorizes the sender of a request for a resource; under `open` a sender without credentials is `guest`. */
export async function authorizeRequest(
  context: HttpContext,
  resource: Resource,
  guest: Principal = anonymousGuest,
): Promise<Principal | Failure> {
  const { policy, caller } = context.var
  const principal = await (caller.by === 'nothing' ? admitted(guest, resource) : authorize(policy, caller, resource))
  return isAuthError(principal) ? authFailure(principal) : principal
}

/** A channel's stub with the caller that the request's sender is there. */
export type ChannelCall = { channel: ChannelName; stub: ChannelStub; caller: IdentifiedCaller }

/** Authorizes the sender of a request for the channel that its path names: `/api/<kinds>/<name>/…`. */
export async function openChannel(context: HttpContext, kind: ChannelKind): Promise<ChannelCall | Failure> {
  // The name is read undecoded: one that had to be escaped cannot exist.
  const definition = context.var.tables.kinds.get(kind)
  const segments = new URL(context.req.url).pathname.split('/').slice(3, definition?.within ? 5 : 4)
  const name = definition === undefined ? null : nameAtDoor(definition, segments.join('/'))
  return name === null ? failure('invalid_name', 'This is not a valid name.') : openChannelAt(context, { kind, name })
}

/** Authorizes the sender of a request for a channel. `region`: where it is to be if the request creates it. */
export async function openChannelAt(
  context: HttpContext,
  { kind, name }: ChannelAddress,
  region?: Region,
): Promise<ChannelCall | Failure> {
  const channel: ChannelName = `${kind}:${name}`
  context.set('resource', channel)
  const principal = await authorizeRequest(context, channel)
  if (principal instanceof Response) return principal
  const socketOnly = { agent: null, ticket: null, since: null, epoch: null }
  const caller = { channel: name, principal, dialect: 'native', ...socketOnly, request: context.var.requestId } as const
  return { channel, stub: channelStub(context.env, { kind, name }, { region }), caller }
}

/** Runs one command in the channel that the path names, as the sender of the request. */
export async function runCommand(
  context: HttpContext,
  kind: ChannelKind,
  command: Command,
): Promise<(CommandResult & { channel: ChannelName }) | Failure> {
  return runCommandIn(await openChannel(context, kind), context, command)
}

/** Runs one command in a channel that has been opened; a refusal to open it is returned as it is. */
export async function runCommandIn(
  call: ChannelCall | Failure,
  context: HttpContext,
  command: Command,
): Promise<(CommandResult & { channel: ChannelName }) | Failure> {
  if (call instanceof Response) return call
  const { channel, stub, caller } = call
  const result = await stub.ask(caller, command)
  if (result === null) return channelNotFound(channel)
  context.header('x-circles-instance', result.instance) // lets a test see that it has not restarted the room
  return result.answer.type === 'error' ? refusalResponse(result.answer.data) : { ...result, channel }
}

/** The response for a channel that does not exist yet. */
export function channelNotFound(channel: ChannelName): Failure {
  return refusalResponse(noSuchChannel(channel))
}

/** The HTTP form of a channel's refusal. */
export function refusalResponse({ code, message, retry_after_ms: waitMs }: Refusal): Failure {
  return failure(code, message, waitMs === undefined ? {} : retryAfter(waitMs))
}
