import type { DocumentRequest } from '../../rpc/document.ts'
import type { HttpContext } from '../context.ts'
import type { Failure } from '../errors.ts'
import { callAdminIn } from './admin-call.ts'
import { openChannel } from './call-channel.ts'

const creating: ReadonlySet<DocumentRequest['do']> = new Set(['edit', 'import'])

/** Sends a request to the document that the path names. `Value`: what it answers. */
export async function callDocument<Value>(
  context: HttpContext,
  request: DocumentRequest,
): Promise<{ value: Value } | Failure> {
  const call = await openChannel(context, 'document')
  const creates = creating.has(request.do)
  const answer = await callAdminIn<'component'>(call, { do: 'component', name: 'document', request, creates })
  return answer instanceof Response ? answer : { value: answer.value as Value }
}
