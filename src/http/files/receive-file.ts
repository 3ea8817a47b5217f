import { takeAllowance } from '../../deployment/tokens/allowances.ts'
import type { Attachment } from '../../protocol/files.ts'
import { limits } from '../../protocol/limits.ts'
import { filesUnavailable } from '../../rooms/files/files-component.ts'
import type { FileContent } from '../../rpc/files.ts'
import { type ChannelCall, openChannel, refusalResponse } from '../channels/call-channel.ts'
import { callFiles } from '../channels/call-files.ts'
import { baseOf, type HttpContext } from '../context.ts'
import { type Failure, failure } from '../errors.ts'
import { storeUpload, WrongLength } from './store-upload.ts'

/** Stores the body of a request as a file of the circle that its path names. */
export async function receiveFile(context: HttpContext, name: string): Promise<Attachment | Failure> {
  const call = await openChannel(context, 'circle')
  if (call instanceof Response) return call
  if (context.env.FILES === undefined) return refusalResponse(filesUnavailable)
  const bytes = lengthOf(context)
  if (bytes instanceof Response) return bytes
  const begun = await callFiles<'begin'>(context, call, { do: 'begin', name, bytes, base: baseOf(context) })
  if (begun instanceof Response) return begun
  const { id, key } = begun.value
  const content = (await refuseOverAllowance(context, call, bytes)) ?? (await store(context, key, bytes))
  if (!(content instanceof Response)) {
    const finished = await callFiles<'finish'>(context, call, { do: 'finish', id, content })
    return finished instanceof Response ? finished : finished.value
  }
  await callFiles<'drop'>(context, call, { do: 'drop', id })
  return content
}

/** The length that a request announces, or the refusal of one that is none, or too long. */
function lengthOf({ req }: HttpContext): number | Failure {
  const text = req.header('content-length')
  if (text === undefined || !/^\d{1,15}$/.test(text))
    return failure('length_required', 'Send the length of the file as Content-Length.')
  const bytes = Number(text)
  if (bytes === 0) return failure('empty', 'A file must not be empty.')
  return bytes > limits.file_bytes ? failure('too_large', `A file has at most ${limits.file_bytes} bytes.`) : bytes
}

async function refuseOverAllowance(
  { env }: HttpContext,
  { caller, channel }: ChannelCall,
  amount: number,
): Promise<Failure | null> {
  const waitMs = await takeAllowance(env, { account: caller.principal.id, resource: 'files', amount, channel })
  if (waitMs === 0) return null
  const message = 'You have uploaded as much as one person may in a day.'
  return refusalResponse({ code: 'rate_limited', message, retry_after_ms: waitMs })
}

async function store({ env, req }: HttpContext, key: string, bytes: number): Promise<FileContent | Failure> {
  const { body } = req.raw
  if (body === null) return failure('empty', 'A file must not be empty.')
  try {
    return await storeUpload(body, bytes, (part, contentType) =>
      Promise.resolve(env.FILES?.put(key, part, { httpMetadata: { contentType } })),
    )
  } catch (error) {
    if (!(error instanceof WrongLength)) throw error
    return failure('invalid', 'The body is not as long as its Content-Length.')
  }
}
