import type { Principal } from '../../auth/principal.ts'
import { defaultKind } from '../../protocol/channels/channel-kinds.ts'
import { nameAtDoor } from '../../protocol/channels/channels.ts'
import { filesComponent, filesUnavailable } from '../../rooms/files/files-component.ts'
import type { FileRequest, FileResults } from '../../rpc/files.ts'
import { channelStub } from '../../stubs.ts'
import type { HttpContext } from '../context.ts'
import { type Failure, failure } from '../errors.ts'
import { callAdminIn } from './admin-call.ts'
import { type ChannelCall, refusalResponse } from './call-channel.ts'

/** Sends a request to the files of a circle that has been opened; a refusal to open it is returned as it is. */
export async function callFiles<Name extends FileRequest['do']>(
  { env }: HttpContext,
  call: ChannelCall | Failure,
  request: Extract<FileRequest, { do: Name }>,
): Promise<{ value: FileResults[Name] } | Failure> {
  if (call instanceof Response) return call
  if (env.FILES === undefined) return refusalResponse(filesUnavailable)
  const answer = await callAdminIn<'component'>(call, { do: 'component', name: filesComponent, request })
  return answer instanceof Response ? answer : { value: answer.value as FileResults[Name] }
}

/** The circle of a signed address, for whoever has it: the circle checks the signature. */
export function openSigned({ env, req, var: { requestId } }: HttpContext): ChannelCall | Failure {
  const name = nameAtDoor(defaultKind, req.param('name') ?? '')
  if (name === null) return failure('invalid_name', 'This is not a valid name.')
  const unused = { dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
  const caller = { channel: name, principal: readerOf(req.param('file') ?? ''), ...unused, request: requestId }
  return { channel: `circle:${name}`, stub: channelStub(env, { kind: 'circle', name }), caller }
}

/** Each file has a rate limit of its own. */
function readerOf(file: string): Principal {
  const id = `system:file:${file}`.slice(0, 128)
  return { id, name: 'Signed address', kind: 'person', role: 'reader', expires: null, inForce: 'reader' }
}
