import type { ErrorCode } from '../../protocol/errors.ts'
import { callerHeader, refusedHeader, writeCaller } from '../../rooms/sessions/caller-context.ts'
import { openChannel, refusalResponse } from '../channels/call-channel.ts'
import type { HttpContext } from '../context.ts'
import { failure } from '../errors.ts'

const maxBytes = 1_048_576
const hidden = ['authorization', 'cookie', 'cf-access-jwt-assertion', 'cf-access-token'] // from the circle's code
const upgrades = ['upgrade', 'sec-websocket-key'] // which the object would take for a socket that connects
const withheld = /^(set-cookie|access-control-.*)$/ // from its response: cookies and origins are the Worker's

/** `/api/circles/:name/x/*`, any method: the code of a circle of one's own answers (`onRequest`). */
export async function callOwnCode(context: HttpContext): Promise<Response> {
  const call = await openChannel(context, 'circle')
  if (call instanceof Response) return call
  const { raw: request } = context.req
  const body = await readBytes(request)
  if (body === 'too_large') return failure('too_large', 'A body is at most 1 MiB long.')
  const headers = new Headers(request.headers)
  for (const name of [...hidden, ...upgrades]) headers.delete(name)
  headers.set(callerHeader, writeCaller(call.caller))
  const response = await call.stub.fetch(new Request(pathBelow(request.url), { method: request.method, headers, body }))
  if (response.headers.has(refusedHeader)) {
    return refusalResponse(await response.json<{ code: ErrorCode; message: string }>())
  }
  return withoutWithheld(response)
}

/** The address as the circle's code gets it: the path after `/x`. */
function pathBelow(url: string): string {
  const { pathname, search } = new URL(url)
  return `https://circle${pathname.slice(pathname.indexOf('/x/') + 2)}${search}`
}

async function readBytes({ body }: Request): Promise<Uint8Array<ArrayBuffer> | null | 'too_large'> {
  if (body === null) return null
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return 'too_large'
    chunks.push(chunk)
  }
  const all = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.byteLength
  }
  return all
}

function withoutWithheld(response: Response): Response {
  const headers = new Headers(response.headers)
  for (const name of response.headers.keys()) if (withheld.test(name)) headers.delete(name)
  return new Response(response.body, { status: response.status, headers })
}
