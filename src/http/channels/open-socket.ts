import { type ChannelAddress, nameAtDoor, parseChannel } from '../../protocol/channels/channels.ts'
import { callerHeader, isIdentified, writeCaller } from '../../rooms/sessions/caller-context.ts'
import type { CallerContext } from '../../rpc/channel.ts'
import { channelStub } from '../../stubs.ts'
import type { HttpContext } from '../context.ts'
import type { ChannelCall } from './call-channel.ts'

/** Sends an upgrade to the channel, or to one of its relays; one that has yet to authenticate goes to the channel. */
export function connectTo(context: HttpContext, address: ChannelAddress, caller: CallerContext): Promise<Response> {
  const { env, req, var: variables } = context
  const headers = { upgrade: 'websocket', [callerHeader]: writeCaller(caller) }
  const { relays } = variables.site
  if (relays === null || !isIdentified(caller)) {
    return channelStub(env, address).fetch(new Request('https://channel/', { headers }))
  }
  const { continent } = (req.raw.cf ?? {}) as { continent?: string }
  return relays(env, address, headers, { continent, now: Date.now(), random: Math.random })
}

/**
 * Opens a native socket to the channel, or returns the refusal. A `since` without an epoch is taken for a seq of the
 * present log; `welcome` returns the epoch of that log.
 */
export async function openSocket(context: HttpContext, { channel, caller }: ChannelCall, resume: Resume) {
  const { since, epoch } = resume
  const address = parseChannel(channel, context.var.tables.kinds, nameAtDoor)
  if (address === null) throw new Error(`expected a channel, got ${channel}`)
  const response = await connectTo(context, address, { ...caller, since, epoch: since === null ? null : epoch })
  return response.webSocket ?? response
}

type Resume = { since: number | null; epoch: string }
