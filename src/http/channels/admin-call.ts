import type { Context } from 'hono'
import type { AdminRequestName, AdminRequestOf, AdminResults } from '../../rpc/channel.ts'
import type { HttpEnv } from '../context.ts'
import type { Failure } from '../errors.ts'
import { type ChannelCall, channelNotFound, openChannel, refusalResponse } from './call-channel.ts'

/** What was asked for, in an envelope: it may be null. */
export type AdminCall<Name extends AdminRequestName> = { value: AdminResults[Name] }

/** Asks the circle that the path names for something that no socket can ask for, as the sender of the request. */
export async function callAdmin<Name extends AdminRequestName>(
  context: Context<HttpEnv>,
  service: AdminRequestOf<Name>,
): Promise<AdminCall<Name> | Failure> {
  return callAdminIn(await openChannel(context, 'circle'), service)
}

/** Asks a channel that somebody was let into, or was not. */
export async function callAdminIn<Name extends AdminRequestName>(
  called: ChannelCall | Failure,
  service: AdminRequestOf<Name>,
): Promise<AdminCall<Name> | Failure> {
  if (called instanceof Response) return called
  const served = await called.object.serve<Name>(called.visit, service)
  if (served === null) return channelNotFound(called.channel)
  return 'refused' in served ? refusalResponse(served.refused) : served
}
