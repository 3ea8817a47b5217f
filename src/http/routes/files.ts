import * as z from 'zod/v4'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import { attachment, fileId, signedAddress, signedSeconds } from '../../protocol/files.ts'
import { idText, singleLine } from '../../protocol/text-schema.ts'
import { signedPath } from '../../rooms/files/signed-path.ts'
import { openChannel } from '../channels/call-channel.ts'
import { callFiles, openSigned } from '../channels/call-files.ts'
import { baseOf, type HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { receiveFile } from '../files/receive-file.ts'
import { sendFile } from '../files/send-file.ts'
import { countParam } from '../middleware/validate.ts'

const files = '/api/circles/:name/files'
const file = attachment.omit({ missing: true }).meta({ id: 'File', description: 'A file, as messages show it.' })

const uploadFile = endpoint(
  {
    id: 'uploadFile',
    method: 'post',
    path: files,
    summary: 'Upload a file for a message',
    description:
      'At most 25 MB, with a `Content-Length` (411 without one). Whoever may write here may upload; the file is the ' +
      'uploader’s until a message names it in `attachments`, and is deleted if none does within 24 hours. 501 ' +
      '`files_unavailable`: this server keeps no files.',
    query: z.object({ filename: singleLine().max(255).optional() }),
    bodyType: 'application/octet-stream',
    responses: { 201: file },
  },
  async context => {
    const received = await receiveFile(context, context.req.valid('query').filename ?? '')
    return received instanceof Response ? received : context.json(received, 201)
  },
)

const getFile = endpoint(
  {
    id: 'getFile',
    method: 'get',
    path: `${files}/:file`,
    summary: 'Read a file',
    description:
      'For everybody who may read the message that names it. It is sandboxed, and of the type that its bytes have; takes ' +
      '`Range` and `If-None-Match`.',
    responses: { 200: 'application/octet-stream' },
  },
  async context => {
    const call = await openChannel(context, 'circle')
    const found = await callFiles<'get'>(context, call, { do: 'get', id: fileIn(context) })
    return found instanceof Response ? found : sendFile(context, found.value, { 'cache-control': 'no-store' })
  },
)

const deleteFile = endpoint(
  {
    id: 'deleteFile',
    method: 'delete',
    path: `${files}/:file`,
    summary: 'Delete a file that no message names',
    description: 'The caller’s own. A file that a message names is deleted with the message.',
    responses: { 204: 'It is gone, or was not there.' },
  },
  async context => {
    const call = await openChannel(context, 'circle')
    const dropped = await callFiles<'drop'>(context, call, { do: 'drop', id: fileIn(context) })
    return dropped instanceof Response ? dropped : context.body(null, 204)
  },
)

const signFile = endpoint(
  {
    id: 'signFile',
    method: 'post',
    path: `${files}/:file/signed-url`,
    summary: 'Make an address at which a file can be read without a token',
    description: `For an \`<img>\` of another program, and for agents. It lasts \`expires_in\` seconds, at most ${signedSeconds}.`,
    query: z.object({ expires_in: countParam(1, signedSeconds).optional() }),
    responses: { 201: signedAddress },
  },
  async context => {
    const id = fileIn(context)
    const seconds = context.req.valid('query').expires_in ?? signedSeconds
    const call = await openChannel(context, 'circle')
    if (call instanceof Response) return call
    const signed = await callFiles<'sign'>(context, call, { do: 'sign', id, seconds })
    if (signed instanceof Response) return signed
    const { value } = signed
    const url = `${baseOf(context)}${signedPath(call.caller.channel, id, value)}`
    return context.json({ url, expires_at: timestamp(value.expires) }, 201)
  },
)

const getSignedFile = endpoint(
  {
    id: 'getSignedFile',
    method: 'get',
    path: '/api/signed-files/:name/:file',
    summary: 'Read a file at a signed address',
    description: 'The address itself permits it, until it expires: 403 then, 404 if the file is gone.',
    hasOwnToken: true,
    query: z.object({ expires: idText().max(16), signature: idText().max(64) }),
    responses: { 200: 'application/octet-stream' },
  },
  async context => {
    const { expires, signature } = context.req.valid('query')
    const signed = { expires: Number(expires), signature } // what is no time has expired
    const found = await callFiles<'get'>(context, openSigned(context), { do: 'get', id: fileIn(context), signed })
    if (found instanceof Response) return found
    const seconds = Math.max(0, Math.floor((signed.expires - Date.now()) / 1_000))
    const headers = {
      'cache-control': `private, max-age=${seconds}`,
      'cross-origin-resource-policy': 'cross-origin', // pages of other origins may show it
    }
    return sendFile(context, found.value, headers)
  },
)

/** The operations on files: `/api/circles/:name/files`. */
export const fileEndpoints = [uploadFile, getFile, deleteFile, signFile, getSignedFile]

/** The id of the file in the path; '' for one that no file has. */
function fileIn(context: HttpContext): string {
  const id = context.req.param('file') ?? ''
  return fileId.safeParse(id).success ? id : ''
}
