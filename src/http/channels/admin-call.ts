import type { AdminRequestName, AdminRequestOf, AdminResults } from '../../rpc/channel.ts'
import type { HttpContext } from '../context.ts'
import type { Failure } from '../errors.ts'
import { type ChannelCall, channelNotFound, openChannel, refusalResponse } from './call-channel.ts'

/** The result of an admin request, in an envelope because it can be null. */
type AdminCall<Name extends AdminRequestName> = { value: AdminResults[Name] }

/** Sends an admin request, which no socket can send, to the circle that the path names. */
export async function callAdmin<Name extends AdminRequestName>(
  context: HttpContext,
  request: AdminRequestOf<Name>,
): Promise<AdminCall<Name> | Failure> {
  return callAdminIn(await openChannel(context, 'circle'), request)
}

/** Sends an admin request to a channel that has been opened; a refusal to open it is returned as it is. */
export async function callAdminIn<Name extends AdminRequestName>(
  call: ChannelCall | Failure,
  request: AdminRequestOf<Name>,
): Promise<AdminCall<Name> | Failure> {
  if (call instanceof Response) return call
  const result = await call.stub.serve<Name>(call.caller, request)
  if (result === null) return channelNotFound(call.channel)
  return 'refused' in result ? refusalResponse(result.refused) : result
}
